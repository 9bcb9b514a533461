-- Google's extensions, as far as one client can see them: mail in a mailbox,
-- settings, conversations off the record, and a status shared by all places.
-- Tests fill the mailbox and act as the server over HTTP:
--
--   POST /google/mail?user=NAME&tid=N&from=WHO&subject=TEXT[&late=1]
--   POST /google/push?user=NAME       body: the payload of an IQ set
--   POST /google/status?user=NAME     body: text; another place goes "dnd"
--
-- google_features names which of them there are; all, if it is not set.
-- google_refuses names those whose sets are refused.

local st = require "util.stanza";
local jid = require "util.jid";
local formdecode = require "util.http".formdecode;
local xml = require "util.xml";

local MAIL, SETTING, NOSAVE = "google:mail:notify", "google:setting", "google:nosave";
local STATUS, ROSTER = "google:shared-status", "google:roster";
local all = module:get_option_set("google_features",
  { MAIL, SETTING, NOSAVE, STATUS, "google:jingleinfo", "google:queue" });
local refused = module:get_option_set("google_refuses", {});

for feature in all do
  module:add_feature(feature);
end

local function sessions_of(user)
  local account = prosody.hosts[module.host].sessions[user];
  return account and account.sessions or {};
end

-- To every place that has asked about it.
local function push(user, what, payload, except)
  local bare = user.."@"..module.host;
  for _, session in pairs(sessions_of(user)) do
    if session ~= except and (what == nil or session[what]) then
      session.send(st.iq({ type = "set", id = "push", from = bare, to = session.full_jid })
        :add_child(st.clone(payload)));
    end
  end
end

local function question(name, ns, handle)
  if not all:contains(ns) then
    return;
  end
  module:hook("iq/self/"..ns..":"..name, function (event)
    local origin, stanza = event.origin, event.stanza;
    if stanza.attr.type == "set" and refused:contains(ns) then
      origin.send(st.error_reply(stanza, "cancel", "not-allowed"));
      return true;
    end
    return handle(origin, stanza, stanza.tags[1]);
  end);
end

-- mail

local boxes = module:open_store("google_mail");

local function newer(a, b)
  if #a ~= #b then
    return #a > #b;
  end
  return a > b;
end

question("query", MAIL, function (origin, stanza, query)
  local box = boxes:get(origin.username) or {};
  local since = query.attr["newer-than-tid"];
  local answer = st.stanza("mailbox", { xmlns = MAIL, ["result-time"] = "1795313099000",
    url = "http://mail.gtalk.test/mail" });
  local count = 0;

  origin.google_mail = true;
  for _, mail in ipairs(box) do
    if (not since or newer(mail.tid, since)) and not mail.late then
      count = count + 1;
      answer:tag("mail-thread-info", { tid = mail.tid, participation = "1", messages = "1",
          date = "1795313060000", url = mail.url })
        :tag("senders")
          :tag("sender", { name = "Mina", address = "mina@gtalk.test", originator = "1" }):up()
          :tag("sender", { name = mail.from, address = mail.address, unread = "1" }):up():up()
        :text_tag("labels", "|^i|^u|"):text_tag("subject", mail.subject)
        :text_tag("snippet", "There is some left..."):up();
    end
    mail.late = nil;
  end
  boxes:set(origin.username, box);
  answer.attr["total-matched"] = tostring(count);
  origin.send(st.reply(stanza):add_child(answer));
  return true;
end);

-- settings

local settings = module:open_store("google_settings");
local names = { "autoacceptsuggestions", "mailnotifications", "archivingenabled" };

question("usersetting", SETTING, function (origin, stanza, list)
  local stored = settings:get(origin.username) or { autoacceptsuggestions = "true",
    mailnotifications = "false", archivingenabled = "false" };
  local answer = st.stanza("usersetting", { xmlns = SETTING });

  origin.google_setting = true;
  if stanza.attr.type == "get" then
    for _, name in ipairs(names) do
      answer:tag(name, { value = stored[name] }):up();
    end
    answer:tag("somethingnew", { value = "maybe" }):up();
    origin.send(st.reply(stanza):add_child(answer));
    return true;
  end
  for setting in list:childtags() do
    stored[setting.name] = setting.attr.value;
  end
  settings:set(origin.username, stored);
  origin.send(st.reply(stanza));
  push(origin.username, "google_setting", list, origin);
  return true;
end);

-- off the record

local unsaved = module:open_store("google_nosave");

local function set_unsaved(user, who, value)
  local stored = unsaved:get(user) or {};
  stored[who] = value == "enabled" or nil;
  unsaved:set(user, stored);
  push(user, "google_nosave", st.stanza("query", { xmlns = NOSAVE })
    :tag("item", { jid = who, value = value }):up());
end

question("query", NOSAVE, function (origin, stanza, query)
  origin.google_nosave = true;
  if stanza.attr.type == "get" then
    local answer = st.stanza("query", { xmlns = NOSAVE });
    for who in pairs(unsaved:get(origin.username) or {}) do
      answer:tag("item", { xmlns = NOSAVE, jid = who, value = "enabled" }):up();
    end
    origin.send(st.reply(stanza):add_child(answer));
    return true;
  end
  origin.send(st.reply(stanza));
  for item in query:childtags("item") do
    local other, host = jid.split(item.attr.jid);
    set_unsaved(origin.username, item.attr.jid, item.attr.value);
    if host == module.host then
      set_unsaved(other, origin.username.."@"..module.host, item.attr.value);
    end
  end
  return true;
end);

-- a shared status

local states = module:open_store("google_status");
local MAX = 60;

local function state_of(user)
  return states:get(user) or { text = "", show = "default", invisible = "false",
    lists = { default = { "Baking", "On a walk" }, dnd = { "Exam week" } } };
end

-- The lowest version any place of the user speaks.
local function lowest(user)
  local found;
  for _, session in pairs(sessions_of(user)) do
    local version = session.google_status or 0;
    if session.presence or session.google_status then
      found = math.min(found or version, version);
    end
  end
  return found or 0;
end

local function query_of(user)
  local state = state_of(user);
  local query = st.stanza("query", { xmlns = STATUS, ["status-max"] = tostring(MAX),
    ["status-list-max"] = "3", ["status-list-contents-max"] = "2",
    ["status-min-ver"] = tostring(lowest(user)) })
    :text_tag("status", state.text):text_tag("show", state.show);
  for _, show in ipairs({ "default", "dnd" }) do
    query:tag("status-list", { show = show });
    for _, text in ipairs(state.lists[show] or {}) do
      query:text_tag("status", text);
    end
    query:up();
  end
  return query:tag("invisible", { value = state.invisible }):up();
end

-- What contacts see of one place.
local function shown(session, state)
  if state.invisible == "true" then
    return st.presence({ type = "unavailable", from = session.full_jid });
  end
  local stanza = st.clone(session.google_presence);
  local show = stanza:get_child_text("show");
  stanza:maptags(function (tag)
    return tag.name ~= "status" and tag.name ~= "show" and tag or nil;
  end);
  stanza.attr.from = session.full_jid;
  if state.show == "dnd" then
    show = "dnd";
  end
  if show then
    stanza:text_tag("show", show);
  end
  return stanza:text_tag("status", state.text);
end

local function broadcast(user)
  local state = state_of(user);
  for _, session in pairs(sessions_of(user)) do
    if session.google_presence then
      for who, item in pairs(session.roster or {}) do
        if who and (item.subscription == "from" or item.subscription == "both") then
          local stanza = shown(session, state);
          stanza.attr.to = who;
          module:send(stanza);
        end
      end
    end
  end
end

local function read_state(user, query)
  local state = { lists = {}, text = query:get_child_text("status") or "",
    show = query:get_child_text("show") or "default",
    invisible = query:get_child("invisible").attr.value };
  for list in query:childtags("status-list") do
    local texts = {};
    for text in list:childtags("status") do
      table.insert(texts, text:get_text());
    end
    state.lists[list.attr.show] = texts;
  end
  states:set(user, state);
  return state;
end

question("query", STATUS, function (origin, stanza, query)
  local user = origin.username;
  if stanza.attr.type == "get" then
    local before = lowest(user);
    origin.google_status = tonumber(query.attr.version) or 1;
    origin.send(st.reply(stanza):add_child(query_of(user)));
    if lowest(user) ~= before then
      push(user, "google_status", query_of(user), origin);
    end
    return true;
  end
  local text = query:get_child_text("status") or "";
  if #text > MAX then
    origin.send(st.error_reply(stanza, "modify", "not-acceptable"));
    return true;
  elseif query:get_child("invisible").attr.value == "true" and lowest(user) < 2 then
    origin.send(st.error_reply(stanza, "cancel", "not-allowed"));
    return true;
  end
  read_state(user, query);
  origin.send(st.reply(stanza));
  push(user, "google_status", query_of(user));
  broadcast(user);
  return true;
end);

-- What an initial presence brings.
local function probe(session)
  for who, item in pairs(session.roster or {}) do
    if who and (item.subscription == "to" or item.subscription == "both") then
      module:send(st.presence({ from = session.full_jid, to = who, type = "probe" }));
    end
  end
end

if all:contains(STATUS) then
  module:hook("presence/bare", function (event)
    local stanza = event.stanza;
    local user = jid.node(stanza.attr.to);
    if stanza.attr.type == "probe" and state_of(user).invisible == "true" then
      return true;
    end
  end, 10);
  module:hook("pre-presence/bare", function (event)
    local origin, stanza = event.origin, event.stanza;
    if stanza.attr.to or stanza.attr.type then
      return;
    end
    module:log("debug", "google: presence of %s invisible %s", origin.full_jid,
      state_of(origin.username).invisible);
    origin.google_presence = st.clone(stanza);
    local state = state_of(origin.username);
    if origin.google_status then
      local new = shown(origin, state);
      if state.invisible == "true" then
        -- Others are not told; it is here all the same, and sees them.
        if not origin.presence then
          probe(origin);
        end
        origin.presence = stanza;
        origin.priority = tonumber(stanza:get_child_text("priority")) or 0;
        return true;
      end
      stanza.tags, event.stanza.tags = new.tags, new.tags;
    end
  end, 10);
  module:hook("resource-unbind", function (event)
    local user = event.session.username;
    push(user, "google_status", query_of(user));
  end);
end

-- the queue

local filters = require "util.filters";

question("query", "google:queue", function (origin, stanza, query)
  local word = query.tags[1] and query.tags[1].name;
  if word == "enable" and not origin.google_queue then
    origin.google_queue = {};
    filters.add_filter(origin, "stanzas/out", function (out)
      if out.name == "presence" and origin.google_queue then
        table.insert(origin.google_queue, out);
        return nil;
      end
      return out;
    end);
  elseif word == "disable" or word == "flush" then
    local queueing = word == "flush" and origin.google_queue;
    local kept = origin.google_queue or {};
    origin.google_queue = nil;
    for _, held in ipairs(kept) do
      origin.send(held);
    end
    origin.google_queue = queueing and {} or nil;
  end
  origin.send(st.reply(stanza));
  return true;
end);

-- for tests

local function reply(event, user, what, body)
  push(user, what, body);
  event.response.status_code = 204;
  return "";
end

module:provides("http", { default_path = "/google", route = {
  ["POST /mail"] = function (event)
    local form = formdecode(event.request.url.query);
    local box = boxes:get(form.user) or {};
    table.insert(box, 1, { tid = form.tid, from = form.from, address = form.address,
      subject = form.subject, url = form.url, late = form.late });
    boxes:set(form.user, box);
    return reply(event, form.user, "google_mail", st.stanza("new-mail", { xmlns = MAIL }));
  end;
  ["POST /push"] = function (event)
    local form = formdecode(event.request.url.query);
    return reply(event, form.user, nil, xml.parse(event.request.body));
  end;
  ["POST /status"] = function (event)
    local form = formdecode(event.request.url.query);
    local state = state_of(form.user);
    state.text, state.show = event.request.body, form.show or "dnd";
    state.invisible = form.invisible or "false";
    states:set(form.user, state);
    broadcast(form.user);
    return reply(event, form.user, "google_status", query_of(form.user));
  end;
} });
