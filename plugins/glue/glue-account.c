#include "glue-account.h"

#include <string.h>

#include "glue-i18n.h"

void
glue_settings_free (GlueSettings *settings)
{
  if (settings == NULL)
    return;
  glue_network_free (settings->network);
  g_free (settings->identity);
  g_free (settings->charset);
  g_free (settings);
}

static gboolean
needs_web (const GlueNetwork *network)
{
  return strcmp (network->signon, "kerberos") == 0 ||
         strcmp (network->signon, "web") == 0;
}

static gboolean
is_encrypted (const char *url)
{
  return url == NULL || g_str_has_prefix (url, "https:");
}

/* --- options ------------------------------------------------------------ */

PurpleKeyValuePair *
glue_account_choice (const char *label, const char *value)
{
  PurpleKeyValuePair *choice = g_new0 (PurpleKeyValuePair, 1);

  choice->key = g_strdup (label);
  choice->value = g_strdup (value);
  return choice;
}

static GList *
network_choices (const GlueKind *kind)
{
  g_autoptr (GPtrArray) networks = glue_networks_read ();
  GList *list = NULL;

  for (guint i = 0; i < networks->len; i++)
    {
      GlueNetwork *network = networks->pdata[i];

      if (network->closed != NULL || !glue_network_is_for (network, kind->word))
        continue;
      /* The first one is the default. */
      list = g_list_insert (list,
                            glue_account_choice (network->name, network->id),
                            g_strcmp0 (network->id, kind->network) == 0 ? 0
                                                                        : -1);
    }
  if (kind->network == NULL)
    list = g_list_prepend (list, glue_account_choice (_("(choose one)"),
                                                      GLUE_NETWORK_NONE));
  return g_list_append (
      list, glue_account_choice (_("Custom (use the fields below)"),
                                 GLUE_NETWORK_CUSTOM));
}

PurpleAccountOption *
glue_account_list (const char *label, const char *key, GList *choices)
{
  return purple_account_option_list_new (label, key, choices);
}

static GList *
add_security_choice (GList *list, const GlueOptions *options,
                     GlueSecurity security)
{
  const char *off = options->security_off;

  switch (security)
    {
    case GLUE_SECURITY_OPTIONAL:
      return g_list_append (
          list, glue_account_choice (_("If available"), "optional"));
    case GLUE_SECURITY_REQUIRED:
      return g_list_append (list,
                            glue_account_choice (_("Required"), "required"));
    case GLUE_SECURITY_DIRECT:
      return options->direct != NULL
                 ? g_list_append (list, glue_account_choice (options->direct,
                                                             "direct"))
                 : list;
    case GLUE_SECURITY_OFF:
      break;
    }
  if (off == NULL)
    off = _("Off: messages and presence travel unencrypted");
  return g_list_append (list, glue_account_choice (off, "off"));
}

/* The first is the default. */
static GList *
security_choices (const GlueOptions *options)
{
  GlueSecurity usual = options->kind->security;
  GList *list = add_security_choice (NULL, options, usual);

  for (GlueSecurity i = GLUE_SECURITY_OPTIONAL; i <= GLUE_SECURITY_DIRECT; i++)
    if (i != usual)
      list = add_security_choice (list, options, i);
  return list;
}

GList *
glue_account_options (const GlueOptions *options)
{
  GList *list = NULL;

  glue_networks_remember_user_dir ();
  list = g_list_append (
      list, glue_account_list (_("Network"), "network",
                               network_choices (options->kind)));
  list = g_list_append (
      list, purple_account_option_string_new (_("Server"), "server", ""));
  list = g_list_append (
      list, purple_account_option_int_new (_("Port"), "port",
                                           options->kind->port));
  list = g_list_append (
      list, glue_account_list (options->security_label != NULL
                                   ? options->security_label
                                   : _("Connection security"),
                               "security", security_choices (options)));
  if (options->signon != NULL)
    list = g_list_append (list, glue_account_list (_("Sign-in method"),
                                                   "signon", options->signon));
  if (options->web_label != NULL)
    list = g_list_append (list, purple_account_option_string_new (
                                    options->web_label, "web_url", ""));
  if (options->charset != NULL)
    list = g_list_append (list, purple_account_option_string_new (
                                    _("Encoding for old clients"), "encoding",
                                    options->charset));
  list = g_list_concat (list, options->more);
  /* Where there is no menu of account actions, a setting has to do. */
  if (g_strcmp0 (purple_core_get_ui (), "BitlBee") == 0)
    list = g_list_append (
        list, purple_account_option_bool_new (
                  _("Forget the server's certificate at sign-on"),
                  "forget_certificate", FALSE));
  return list;
}

/* --- reading an account ------------------------------------------------- */

/* Leaves the host in @text, without brackets; the port, if any, after it. */
static gboolean
cut_port (char *text, const char **ret_port)
{
  char *colon;

  *ret_port = NULL;
  if (*text == '[')
    {
      char *end = strchr (text, ']');

      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return FALSE;
      if (end[1] == ':')
        *ret_port = end + 2;
      *end = '\0';
      memmove (text, text + 1, (gsize) (end - text));
      return TRUE;
    }
  colon = strchr (text, ':');
  /* Several colons without brackets are an IPv6 address. */
  if (colon != NULL && strchr (colon + 1, ':') == NULL)
    {
      *colon = '\0';
      *ret_port = colon + 1;
    }
  return TRUE;
}

char *
glue_account_split_server (const char *typed, int *ret_port)
{
  g_autofree char *text = g_strdup (typed != NULL ? typed : "");
  const char *scheme = strstr (text, "://");
  const char *port;
  guint64 number;

  if (scheme != NULL)
    memmove (text, scheme + 3, strlen (scheme + 3) + 1);
  g_strstrip (text);
  text[strcspn (text, "/?#")] = '\0';
  g_strstrip (text);
  if (!cut_port (text, &port) || *g_strstrip (text) == '\0' ||
      strpbrk (text, " \t\r\n@") != NULL)
    return NULL;
  if (port != NULL && *port != '\0')
    {
      if (!g_ascii_string_to_unsigned (port, 10, 1, 65535, &number, NULL))
        return NULL;
      *ret_port = (int) number;
    }
  return g_steal_pointer (&text);
}

static gboolean
charset_ok (const char *charset)
{
  GIConv conv = g_iconv_open ("UTF-8", charset);

  if (conv == (GIConv) -1)
    return FALSE;
  g_iconv_close (conv);
  return TRUE;
}

static gboolean
fail (ImFailure *ret_failure, ImProblem problem, const char *detail)
{
  memset (ret_failure, 0, sizeof *ret_failure);
  ret_failure->problem = problem;
  ret_failure->detail = detail;
  return FALSE;
}

/* Accounts of old carry server names whose domains have changed hands more
 * than once: such a server is a closed network, not a custom one. */
static GlueNetwork *
take_closed_network_of (GPtrArray *networks, const GlueNetwork *custom,
                        const char *protocol)
{
  for (guint i = 0; i < networks->len; i++)
    {
      GlueNetwork *network = networks->pdata[i];

      if (network->closed != NULL && glue_network_is_for (network, protocol) &&
          (glue_network_has_host (network, custom->host) ||
           glue_network_has_url (network, custom->web_url) ||
           glue_network_has_url (network, custom->session_url)))
        return g_ptr_array_steal_index (networks, i);
    }
  return NULL;
}

static GlueNetwork *
custom_network (PurpleAccount *account, const GlueKind *kind,
                const char *host, int port)
{
  GlueNetwork *network = g_new0 (GlueNetwork, 1);
  const char *security = purple_account_get_string (account, "security", NULL);

  network->id = g_strdup (GLUE_NETWORK_CUSTOM);
  network->name = g_strdup (host);
  network->protocols = g_new0 (char *, 1);
  network->host = g_strdup (host);
  network->port = (guint16) port;
  network->security = kind->security;
  if (security != NULL &&
      !glue_network_parse_security (security, &network->security))
    network->security = GLUE_SECURITY_REQUIRED;
  network->signon =
      g_strdup (purple_account_get_string (account, "signon", "auto"));
  network->web_url = glue_networks_split_web (
      purple_account_get_string (account, "web_url", ""),
      &network->session_url);
  /* Self-hosted servers of today take a sign-on in one flight, at one address;
   * for one that does not, both cost a connection and nothing else. */
  network->quirks = g_strsplit ("one-address", ";", -1);
  network->domains = g_new0 (char *, 1);
  return network;
}

static gboolean
read_custom (PurpleAccount *account, const GlueKind *kind,
             GPtrArray *networks, ImFailure *ret_failure,
             GlueSettings *settings)
{
  int port = purple_account_get_int (account, "port", kind->port);
  g_autofree char *host = glue_account_split_server (
      purple_account_get_string (account, "server", ""), &port);
  g_autoptr (GlueNetwork) network = NULL;

  if (host == NULL)
    return fail (ret_failure, IM_PROBLEM_SETTINGS,
                 _("a custom network needs the name of its server"));
  if (port < (kind->port == 0 ? 0 : 1) || port > 65535)
    return fail (ret_failure, IM_PROBLEM_SETTINGS,
                 _("the port must lie between 1 and 65535"));
  network = custom_network (account, kind, host, port);
  if (network->web_url == NULL && kind->web &&
      *purple_account_get_string (account, "web_url", "") != '\0')
    return fail (ret_failure, IM_PROBLEM_SETTINGS,
                 _("the web address is not one"));
  settings->network = take_closed_network_of (networks, network, kind->word);
  if (settings->network == NULL)
    settings->network = g_steal_pointer (&network);
  settings->identity =
      g_strdup_printf ("custom:%s:%u", settings->network->host,
                       settings->network->port);
  return TRUE;
}

static gboolean
read_network (PurpleAccount *account, const GlueKind *kind,
              ImFailure *ret_failure, GlueSettings *settings)
{
  const char *id = purple_account_get_string (
      account, "network", kind->network != NULL ? kind->network : "");
  g_autoptr (GPtrArray) networks = NULL;
  guint index;

  if (*id == '\0' || strcmp (id, GLUE_NETWORK_NONE) == 0)
    return fail (ret_failure, IM_PROBLEM_NO_NETWORK, NULL);
  networks = glue_networks_read ();
  if (strcmp (id, GLUE_NETWORK_CUSTOM) == 0)
    return read_custom (account, kind, networks, ret_failure, settings);

  /* Unknown is one that went away with an update or a file. */
  if (!glue_networks_find (networks, id, &index) ||
      !glue_network_is_for (networks->pdata[index], kind->word))
    return fail (ret_failure, IM_PROBLEM_NO_NETWORK, NULL);
  settings->network = g_ptr_array_steal_index (networks, index);
  settings->identity = g_strdup (settings->network->id);
  return TRUE;
}

static gboolean
check_web (const GlueNetwork *network, const GlueKind *kind,
           ImFailure *ret_failure)
{
  if (!kind->web && !needs_web (network))
    return TRUE;
  if (!kind->web && network->web_url == NULL)
    return fail (ret_failure, IM_PROBLEM_SETTINGS,
                 _("this sign-in method needs a web address"));
  if (network->security != GLUE_SECURITY_OFF &&
      (!is_encrypted (network->web_url) ||
       !is_encrypted (network->session_url)))
    return fail (ret_failure, IM_PROBLEM_SETTINGS,
                 _("a web address that begins with http:// is not encrypted"));
  return TRUE;
}

gboolean
glue_account_read (PurpleAccount *account, const GlueKind *kind,
                   ImFailure *ret_failure, GlueSettings **ret_settings)
{
  GlueSettings *settings = g_new0 (GlueSettings, 1);
  const char *charset = purple_account_get_string (account, "encoding", "");

  *ret_settings = settings;
  settings->charset = g_strdup (*charset != '\0' ? charset : "ISO-8859-1");
  g_strstrip (settings->charset);
  settings->forget_pins =
      purple_account_get_bool (account, "forget_certificate", FALSE);

  if (!read_network (account, kind, ret_failure, settings))
    return FALSE;
  if (settings->network->closed != NULL)
    return fail (ret_failure, IM_PROBLEM_SERVICE_CLOSED,
                 settings->network->closed);
  if (!check_web (settings->network, kind, ret_failure))
    return FALSE;
  if (!charset_ok (settings->charset))
    return fail (ret_failure, IM_PROBLEM_SETTINGS,
                 _("the encoding is not known on this computer"));
  return TRUE;
}
