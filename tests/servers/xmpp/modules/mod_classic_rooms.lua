-- Rooms no server has: what a room's service can do to who enters. The name of
-- the room says what; in every one, "end" says "the end" at last.

local st = require "util.stanza";

local USER = "http://jabber.org/protocol/muc#user";

local function split(jid)
  return jid:match("^([^/]+)/?(.*)$");
end

local function member(room, nick, to, kind, attr, ...)
  local stanza = st.presence({ from = room.."/"..nick, to = to, type = kind })
    :tag("x", { xmlns = USER }):tag("item", attr):up();
  for _, code in ipairs({ ... }) do
    stanza:tag("status", { code = code }):up();
  end
  module:send(stanza);
end

local function arrives(room, nick, to, ...)
  member(room, nick, to, nil, { affiliation = "none", role = "participant" }, ...);
end

local function says(room, nick, to, text)
  module:send(st.message({ from = room.."/"..nick, to = to, type = "groupchat" })
    :tag("body"):text(text):up());
end

local acts = {};

-- More people than anybody could meet.
function acts.crowd(room, to)
  for number = 1, 10050 do
    arrives(room, "n"..number, to);
  end
end

-- Names are given to and taken from people who are not there, or are another.
function acts.names(room, to, us)
  arrives(room, "eve", to);
  for _, names in ipairs({ { "nobody", "other" }, { "nobody", "eve" },
      { "ann", "eve" }, { "ann", "eve" }, { "eve", "" } }) do
    member(room, names[1], to, "unavailable", { nick = names[2] }, "303");
  end
  arrives(room, "<br>&amp;\226\128\174", to);
end

-- Words from nobody, statuses without an item, errors about nothing.
function acts.words(room, to)
  module:send(st.message({ from = room, to = to, type = "groupchat" })
    :tag("body"):text("from the room"):up());
  says(room, "ghost", to, "from a ghost");
  module:send(st.message({ from = room.."/ann", to = to, type = "error", id = "x" })
    :tag("error"):up());
  module:send(st.message({ from = room, to = to })
    :tag("x", { xmlns = USER }):tag("decline"):up():up());
  module:send(st.presence({ from = room.."/ann", to = to, type = "error" }));
  module:send(st.presence({ from = room, to = to, type = "unavailable" })
    :tag("x", { xmlns = USER }):tag("status", { code = "307" }):up():up());
  for _, stamp in ipairs({ "0000-01-01T00:00:00Z", "9999-12-31T23:59:60Z",
      "99999-01-01T00:00:00Z", "-1", "" }) do
    module:send(st.message({ from = room.."/ann", to = to, type = "groupchat" })
      :tag("body"):text("when"):up()
      :tag("delay", { xmlns = "urn:xmpp:delay", stamp = stamp }):up());
  end
end

module:hook("presence/full", function (event)
  local stanza = event.stanza;
  local room, us = split(stanza.attr.to);
  local to = stanza.attr.from;
  local act = acts[room:match("^[^@]+")];

  if stanza.attr.type ~= nil then
    return true;
  elseif room:match("^taken@") and not us:match("_$") then
    -- Google's server says so twice.
    for _ = 1, 2 do
      module:send(st.error_reply(stanza, "cancel", "conflict"));
    end
    return true;
  end
  arrives(room, "ann", to);
  if room:match("^crowd@") then
    act(room, to, us);
  end
  arrives(room, us, to, "110");
  if act and not room:match("^crowd@") then
    act(room, to, us);
  end
  says(room, "ann", to, "the end");
  return true;
end);

-- The room has forgotten everybody when the first word is said, and repeats
-- what it hears from then on.
local forgot = {};

module:hook("message/bare", function (event)
  local stanza = event.stanza;
  local room, from = stanza.attr.to, stanza.attr.from;

  if stanza.attr.type ~= "groupchat" then
    return true;
  elseif not forgot[from] then
    forgot[from] = true;
    module:send(st.error_reply(stanza, "modify", "not-acceptable"));
  else
    local echo = st.clone(stanza);
    echo.attr.from, echo.attr.to = room.."/mina", from;
    module:send(echo);
  end
  return true;
end);
