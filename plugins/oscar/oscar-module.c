#include "oscar-module.h"

#include "glue-account.h"
#include "glue-actions.h"
#include "glue-i18n.h"
#include "oscar-actions.h"

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
  info->protocol_options = glue_account_options (&options);
  return TRUE;
}
