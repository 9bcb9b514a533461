-- A place for files that says what a test wants it to: "classic_put" and
-- "classic_get" are where files go and where they are, "classic_headers" a
-- list of headers' names and values in turn, "classic_limit" what is told of
-- the size beforehand, "classic_error" a condition to refuse with.

local st = require "util.stanza";
local form = require "util.dataforms".new;

local NS = "urn:xmpp:http:upload:0";

module:depends("disco");
module:add_identity("store", "file", "Files");
module:add_feature(NS);

local limit = module:get_option_number("classic_limit", 100000000);

module:add_extension(form {
	{ name = "FORM_TYPE", type = "hidden", value = NS },
	{ name = "max-file-size", type = "text-single" },
}:form({ ["max-file-size"] = ("%d"):format(limit) }, "result"));

module:hook("iq-get/host/" .. NS .. ":request", function (event)
	local stanza, origin = event.stanza, event.origin;
	local condition = module:get_option_string("classic_error");
	if condition then
		origin.send(st.error_reply(stanza, "cancel", condition));
		return true;
	end
	local reply = st.reply(stanza):tag("slot", { xmlns = NS });
	reply:tag("put", { url = module:get_option_string("classic_put") });
	local headers = module:get_option_array("classic_headers", {});
	for i = 1, #headers, 2 do
		reply:text_tag("header", headers[i + 1], { name = headers[i] });
	end
	reply:up():tag("get", { url = module:get_option_string("classic_get") });
	origin.send(reply);
	return true;
end);
