#include "oscar-module.h"

#include "glue-account.h"
#include "glue-actions.h"
#include "glue-i18n.h"
#include "oscar-actions.h"

/* bitlbee names people after their account unless told otherwise, which for
 * ICQ is a number. The setting is its own: an option of that name only gives
 * it another default, by which nicks follow the names people have. */
static GList *
add_nick_option (GList *list, const GlueProtocol *protocol)
{
  if (protocol != &oscar_icq_protocol || !glue_host_is_bitlbee ())
    return list;
  return g_list_append (list, purple_account_option_string_new (
                                  _("How nicks are made"), "nick_format",
                                  "%full_name"));
}

static GList *
add_choice (GList *list, const char *label, const char *value)
{
  PurpleKeyValuePair *pair = g_new0 (PurpleKeyValuePair, 1);

  pair->key = g_strdup (label);
  pair->value = g_strdup (value);
  return g_list_append (list, pair);
}

static GList *
place_option (void)
{
  GList *choices = add_choice (NULL, _("Stay signed in there"), "keep");

  choices = add_choice (choices, _("Sign out there"), "sign-off");
  return g_list_append (NULL, glue_account_list (_("When signed in elsewhere"),
                                                 "places", choices));
}

gboolean
oscar_module_load (PurplePlugin *plugin, const GlueProtocol *protocol,
                   const char *charset)
{
  PurplePluginProtocolInfo *info = PURPLE_PLUGIN_PROTOCOL_INFO (plugin);
  GlueOptions options = { 0 };

  if (!glue_actions_probe (plugin))
    return FALSE;
  options.kind = &protocol->kind;
  options.signon = oscar_actions_signon_choices ();
  options.web_label = _("Web address (for sign-in over HTTPS)");
  options.charset = charset;
  options.more = add_nick_option (place_option (), protocol);
  info->protocol_options = glue_account_options (&options);
  return TRUE;
}
