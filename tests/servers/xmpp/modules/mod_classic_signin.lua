-- Ways to sign in that Prosody does not have: X-GOOGLE-TOKEN and X-OAUTH2, with
-- tokens of tokens.py, and channel bindings for links of every version of TLS.
--
--   classic_token_key     what tokens are sealed with; without it there are
--                         no tokens
--   classic_bindings      which channel bindings there are and are told of
--
-- Mechanisms are registered for all hosts at once, so what is a host's own
-- comes with the profile.

local st = require "util.stanza";
local sasl = require "util.sasl";
local hashes = require "util.hashes";
local base64 = require "util.encodings".base64;

local AUTH = "http://www.google.com/talk/protocol/auth\1";

local key = module:get_option_string("classic_token_key");
local bindings = module:get_option_array("classic_bindings", {});

-- "KIND.EXPIRY.SEAL": of the account's name, good until then.
local function judge(kind, user, token)
  local what, expiry, seal = token:match("^([^.]+)%.(%d+)%.(%x+)$");

  if what ~= kind then
    return "not-authorized";
  end
  if seal ~= hashes.hmac_sha256(key, kind .. "|" .. expiry .. "|" .. user, true) then
    return "not-authorized";
  end
  if tonumber(expiry) < os.time() then
    return "credentials-expired";
  end
end

local function by_token(kind)
  return function (self, message)
    local user, token = (message or ""):match("^%z([^%z]+)%z([^%z]+)$");
    local name, domain = (user or ""):match("^([^@]+)@?(.*)$");

    if not name or (domain ~= "" and domain ~= self.realm) then
      return "failure", "malformed-request";
    end
    local failure = self.profile[kind](name, token);
    if failure then
      return "failure", failure;
    end
    self.username = name;
    return "success";
  end
end

sasl.registerMechanism("X-GOOGLE-TOKEN", { "google" }, by_token("google"));
sasl.registerMechanism("X-OAUTH2", { "oauth2" }, by_token("oauth2"));
require "util.sasl.scram".init(function (name, backends, f, cb)
  sasl.registerMechanism(name, backends, f, cb and { "tls-unique",
    "tls-exporter", "tls-server-end-point" });
end);

local function exporter(self)
  return self.userdata["tls-unique"]:exportkeyingmaterial(
    "EXPORTER-Channel-Binding", 32, "");
end

-- The test's certificates are signed with SHA-256.
local function end_point()
  local file = io.open(module:get_option_string("certificates") .. "/" ..
    module.host .. ".crt", "rb");
  local body = file:read("*a"):match("%-%-%-%-%-\n(.-)%-%-%-%-%-");
  file:close();
  return hashes.sha256(base64.decode((body:gsub("%s", ""))));
end

local functions = {
  ["tls-exporter"] = exporter, ["tls-server-end-point"] = end_point,
};

local function extend(handler, session)
  if key then
    for _, kind in ipairs { "google", "oauth2" } do
      handler.profile[kind] = function (user, token)
        return judge(kind, user, token);
      end
    end
    handler.profile.mechanisms = nil;
    handler.mechs = sasl.new(handler.realm, handler.profile).mechs;
  end
  if session.secure or session.encrypted then
    for _, name in ipairs(bindings) do
      handler:add_cb_handler(name, functions[name]);
    end
  end
  return handler;
end

local wrapped;

module:hook("stream-features", function (event)
  local origin, features = event.origin, event.features;
  local provider = prosody.hosts[module.host].users;

  if wrapped ~= provider then
    local get = provider.get_sasl_handler;
    provider.get_sasl_handler = function (session)
      return extend(get(session), session);
    end
    wrapped = provider;
  end
  if not origin.username and origin.secure and #bindings > 0 and
      module:get_option_boolean("classic_tells_bindings", true) then
    local list = st.stanza("sasl-channel-binding", { xmlns = "urn:xmpp:sasl-cb:0" });
    for _, name in ipairs(bindings) do
      list:tag("channel-binding", { type = name }):up();
    end
    features:add_child(list);
  end
end, 100);

-- What was said is for tests to see: Google's attributes, and SCRAM's flag
-- about channel bindings.
module:hook("stanza/urn:ietf:params:xml:ns:xmpp-sasl:auth", function (event)
  local attr = event.stanza.attr;
  local said = base64.decode(event.stanza:get_text() or "") or "";

  module:log("info",
    "signs in by %s; service %s, full bind result %s, binding %s",
    attr.mechanism, attr[AUTH .. "service"] or "none",
    attr[AUTH .. "client-uses-full-bind-result"] or "none",
    said:match("^([ny]),") or said:match("^p=([^,]+),") or "none");
end, 10);
