-- Google's roster attributes: an item with t='B' is blocked until it is written
-- without. Tests put others on the list over HTTP:
--
--   POST /roster/item?user=NAME&jid=WHO&subscription=WORD[&t=H][&rejected=true]
--       [&autosub=true][&ask=subscribe][&group=NAME]

local st = require "util.stanza";
local jid = require "util.jid";

local ATTRIBUTE, EXT = "google:roster\1t", "google:roster\1ext";
local ROSTER = "jabber:iq:roster";
local kinds = module:open_store("google_roster");
local others = module:open_store("google_roster_others");
local formdecode = require "util.http".formdecode;

module:add_feature("google:roster");

local function item_of(roster, who, kind)
  local known = roster[who] or {};
  local item = st.stanza("item", { jid = who, name = known.name,
    subscription = known.subscription or "none", ask = known.ask,
    [ATTRIBUTE] = kind });
  for group in pairs(known.groups or {}) do
    item:text_tag("group", group);
  end
  return item;
end

local function other_of(who, item)
  local stanza = st.stanza("item", { jid = who, name = item.name, subscription = item.subscription,
    ask = item.ask, [ATTRIBUTE] = item.t, ["google:roster\1rejected"] = item.rejected,
    ["google:roster\1autosub"] = item.autosub, ["google:roster\1mc"] = "12" });
  if item.group then
    stanza:text_tag("group", item.group);
  end
  return stanza;
end

local function query_of()
  return st.stanza("query", { xmlns = ROSTER, [EXT] = "2" });
end

local function get(origin, stanza, stored)
  local query = query_of();
  for who in pairs(origin.roster) do
    if who and who ~= "" then
      query:add_child(item_of(origin.roster, who, stored[who]));
    end
  end
  for who, item in pairs(others:get(origin.username) or {}) do
    query:add_child(other_of(who, item));
  end
  for who, kind in pairs(stored) do
    if not origin.roster[who] then
      query:add_child(item_of(origin.roster, who, kind));
    end
  end
  origin.interested = true;
  origin.send(st.reply(stanza):add_child(query));
  return true;
end

local function set(origin, stanza, stored, item)
  local who = item.attr.jid;
  stored[who] = item.attr[ATTRIBUTE];
  kinds:set(origin.username, stored);
  if origin.roster[who] then
    module:add_timer(0.05, function ()
      local query = query_of():add_child(item_of(origin.roster, who, stored[who]));
      origin.send(st.iq({ type = "set", id = "google", to = origin.full_jid })
        :add_child(query));
    end);
    return;
  end
  local query = query_of():add_child(item_of(origin.roster, who, stored[who]));
  origin.send(st.iq({ type = "set", id = "google", to = origin.full_jid })
    :add_child(query));
  origin.send(st.reply(stanza));
  return true;
end

module:hook("iq/self/jabber:iq:roster:query", function (event)
  local origin, stanza = event.origin, event.stanza;
  local query = stanza.tags[1];
  local stored = kinds:get(origin.username) or {};
  local item = query.tags[1];

  if stanza.attr.type == "get" and query.attr[EXT] then
    return get(origin, stanza, stored);
  elseif stanza.attr.type == "set" and item and (item.attr[ATTRIBUTE]
      or stored[item.attr.jid]) then
    return set(origin, stanza, stored, item);
  end
end, 10);

module:provides("http", { default_path = "/roster", route = {
  ["POST /item"] = function (event)
    local item = formdecode(event.request.url.query);
    local list = others:get(item.user) or {};
    list[item.jid] = item;
    others:set(item.user, list);
    local account = prosody.hosts[module.host].sessions[item.user];
    for _, session in pairs(account and account.sessions or {}) do
      session.send(st.iq({ type = "set", id = "google", to = session.full_jid })
        :add_child(query_of():add_child(other_of(item.jid, item))));
    end
    event.response.status_code = 204;
    return "";
  end;
} });

local function judge(event)
  local stanza = event.stanza;
  local stored = kinds:get(jid.node(stanza.attr.to)) or {};

  if stanza.attr.from and stored[jid.bare(stanza.attr.from)] == "B" then
    return true;
  end
end

module:hook("message/bare", judge, 100);
module:hook("message/full", judge, 100);
