-- XEP-0186: presence is kept in while a session is invisible.

local st = require "util.stanza";

local NS = "urn:xmpp:invisible:1";

module:add_feature(NS);

local function tell(session, kind)
  for who, item in pairs(session.roster or {}) do
    if who and (item.subscription == "from" or item.subscription == "both") then
      module:send(st.presence({ from = session.full_jid, to = who, type = kind }));
    end
  end
end

module:hook("iq-set/self/"..NS..":invisible", function (event)
  local origin, stanza = event.origin, event.stanza;
  if origin.presence then
    tell(origin, "unavailable");
  else
    -- What an initial presence would bring.
    for who, item in pairs(origin.roster or {}) do
      if who and (item.subscription == "to" or item.subscription == "both") then
        module:send(st.presence({ from = origin.full_jid, to = who, type = "probe" }));
      end
    end
  end
  origin.invisible = true;
  origin.send(st.reply(stanza));
  return true;
end);

module:hook("iq-set/self/"..NS..":visible", function (event)
  event.origin.invisible = nil;
  event.origin.send(st.reply(event.stanza));
  return true;
end);

module:hook("pre-presence/bare", function (event)
  local origin, stanza = event.origin, event.stanza;
  if origin.invisible and not stanza.attr.to and not stanza.attr.type then
    origin.presence = stanza;
    origin.priority = tonumber(stanza:get_child_text("priority")) or 0;
    return true;
  end
end, 10);
