#include "glue-account.h"

#include <string.h>

#include "glue-i18n.h"

/* The values of the "network" option that are no network's id. The first is
 * what a new account has and a revived one lacks: a password must never go to
 * a server its owner did not choose. */
#define NETWORK_NONE "none"
#define NETWORK_CUSTOM "custom"

#define DEFAULT_PORT 5190

/* More than any sensible file has; a file is the user's own, so this is about
 * mistakes, not attacks. */
#define MAX_NETWORKS_FILE (1024 * 1024)

static char *module_dir;

/* bitlbee's user directory is the server's while modules load and the one IRC
 * user's from then on. Networks offered from the first must still be found
 * at sign-on. */
static char *early_user_dir;

void
glue_network_free (GlueNetwork *network)
{
  if (network == NULL)
    return;
  g_free (network->id);
  g_free (network->name);
  g_strfreev (network->protocols);
  g_free (network->host);
  g_free (network->signon);
  g_free (network->web_url);
  g_free (network->session_url);
  g_free (network->web_key);
  g_strfreev (network->quirks);
  g_strfreev (network->domains);
  g_free (network->signup);
  g_free (network->closed);
  g_free (network);
}

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

void
glue_account_set_module_path (const char *path)
{
  g_autofree char *locale = NULL;

  g_free (module_dir);
  module_dir = path != NULL ? g_path_get_dirname (path) : g_strdup (".");

  locale = g_build_filename (module_dir, "purple-classic", "locale", NULL);
  bindtextdomain (GETTEXT_PACKAGE, g_file_test (locale, G_FILE_TEST_IS_DIR)
                                       ? locale
                                       : PURPLE_CLASSIC_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
}

/* --- web addresses ------------------------------------------------------ */

static char *
clean_url (const char *typed)
{
  g_autofree char *text = strstr (typed, "://") != NULL
                              ? g_strdup (typed)
                              : g_strconcat ("https://", typed, NULL);
  g_autoptr (GUri) uri = g_uri_parse (text, G_URI_FLAGS_NONE, NULL);
  const char *scheme = uri != NULL ? g_uri_get_scheme (uri) : "";

  if (strpbrk (text, " \t\r\n") != NULL ||
      (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0) ||
      g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' ||
      g_uri_get_userinfo (uri) != NULL || g_uri_get_query (uri) != NULL ||
      g_uri_get_fragment (uri) != NULL)
    return NULL;
  while (g_str_has_suffix (text, "/"))
    text[strlen (text) - 1] = '\0';
  return g_steal_pointer (&text);
}

char *
glue_account_split_web (const char *typed, char **ret_session)
{
  g_autofree char *text = g_strstrip (g_strdup (typed != NULL ? typed : ""));
  gsize first = strcspn (text, " ");
  g_autofree char *web = NULL;
  g_autofree char *session = NULL;

  *ret_session = NULL;
  if (text[first] != '\0')
    {
      text[first] = '\0';
      session = clean_url (g_strstrip (text + first + 1));
      if (session == NULL)
        return NULL;
    }
  web = *text != '\0' ? clean_url (text) : NULL;
  if (web == NULL)
    return NULL;
  *ret_session = g_steal_pointer (&session);
  return g_steal_pointer (&web);
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

/* --- networks.ini ------------------------------------------------------- */

static gboolean
parse_security (const char *word, GlueSecurity *ret_security)
{
  if (word == NULL || strcmp (word, "off") == 0)
    *ret_security = GLUE_SECURITY_OFF;
  else if (strcmp (word, "required") == 0)
    *ret_security = GLUE_SECURITY_REQUIRED;
  else if (strcmp (word, "optional") == 0)
    *ret_security = GLUE_SECURITY_OPTIONAL;
  else
    return FALSE;
  return TRUE;
}

/* An empty value counts as an absent one. */
static char *
get_word (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *value = g_key_file_get_string (file, group, key, NULL);

  if (value == NULL || *g_strstrip (value) == '\0')
    return NULL;
  return g_steal_pointer (&value);
}

static char *
get_url (GKeyFile *file, const char *group, const char *key)
{
  g_autofree char *word = get_word (file, group, key);

  return word != NULL ? clean_url (word) : NULL;
}

/* A missing key is an empty list. */
static char **
get_list (GKeyFile *file, const char *group, const char *key)
{
  char **list = g_key_file_get_string_list (file, group, key, NULL, NULL);

  if (list == NULL)
    list = g_new0 (char *, 1);
  for (char **word = list; *word != NULL; word++)
    g_strstrip (*word);
  return list;
}

static gboolean
id_ok (const char *id)
{
  if (strcmp (id, NETWORK_NONE) == 0 || strcmp (id, NETWORK_CUSTOM) == 0)
    return FALSE;
  for (const char *p = id; *p != '\0'; p++)
    if (!g_ascii_islower (*p) && !g_ascii_isdigit (*p) && *p != '-')
      return FALSE;
  return *id != '\0';
}

static GlueNetwork *
parse_group (GKeyFile *file, const char *group)
{
  g_autoptr (GlueNetwork) network = g_new0 (GlueNetwork, 1);
  g_autofree char *security = get_word (file, group, "tls");
  int port = DEFAULT_PORT;

  if (g_key_file_has_key (file, group, "port", NULL))
    port = g_key_file_get_integer (file, group, "port", NULL);

  network->id = g_strdup (group);
  network->name = g_key_file_get_locale_string (file, group, "name", NULL,
                                                NULL);
  network->protocols = get_list (file, group, "protocols");
  network->host = get_word (file, group, "host");
  network->port = (guint16) port;
  network->signon = get_word (file, group, "signon");
  network->web_url = get_url (file, group, "web_url");
  network->session_url = get_url (file, group, "session_url");
  network->web_key = get_word (file, group, "web_key");
  network->quirks = get_list (file, group, "quirks");
  network->domains = get_list (file, group, "domains");
  network->signup = get_word (file, group, "signup");
  network->closed = get_word (file, group, "closed");
  if (network->signon == NULL)
    network->signon = g_strdup ("auto");

  if (!id_ok (group) || network->name == NULL || network->host == NULL ||
      *network->protocols == NULL || port < 1 || port > 65535 ||
      !parse_security (security, &network->security))
    return NULL;
  return g_steal_pointer (&network);
}

static gboolean
find_network (GPtrArray *networks, const char *id, guint *ret_index)
{
  for (guint i = 0; i < networks->len; i++)
    {
      GlueNetwork *network = networks->pdata[i];

      if (strcmp (network->id, id) != 0)
        continue;
      *ret_index = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_for (const GlueNetwork *network, const char *protocol)
{
  return g_strv_contains ((const char *const *) network->protocols, protocol);
}

gboolean
glue_account_parse_networks (const char *data, gsize len, GPtrArray *networks,
                             GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;

  if (!g_key_file_load_from_data (file, data, len,
                                  G_KEY_FILE_KEEP_TRANSLATIONS, error))
    return FALSE;
  groups = g_key_file_get_groups (file, NULL);
  for (char **group = groups; *group != NULL; group++)
    {
      GlueNetwork *network = parse_group (file, *group);
      guint old;

      if (network == NULL)
        {
          purple_debug_warning ("purple-classic",
                                "networks.ini: group %s is not usable\n",
                                *group);
          continue;
        }
      if (find_network (networks, *group, &old))
        g_ptr_array_remove_index (networks, old);
      g_ptr_array_add (networks, network);
    }
  return TRUE;
}

static gboolean
load_networks (const char *path, GPtrArray *networks)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize len;

  if (!g_file_get_contents (path, &data, &len, &error))
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        purple_debug_error ("purple-classic", "%s\n", error->message);
      return FALSE;
    }
  if (len > MAX_NETWORKS_FILE ||
      !glue_account_parse_networks (data, len, networks, &error))
    purple_debug_error ("purple-classic", "%s: %s\n", path,
                        error != NULL ? error->message : "too large");
  return TRUE;
}

static void
load_own_networks (const char *user_dir, GPtrArray *networks)
{
  g_autofree char *path = NULL;

  if (user_dir == NULL)
    return;
  path = g_build_filename (user_dir, "purple-classic", "networks.ini", NULL);
  load_networks (path, networks);
}

/* Read anew each time: a user's file counts from the next sign-on, and under
 * bitlbee the user directory is only known by then. */
static GPtrArray *
read_networks (void)
{
  static const char *const places[] = { "purple-classic", "data" };
  GPtrArray *networks =
      g_ptr_array_new_with_free_func ((GDestroyNotify) glue_network_free);

  /* "data" is where the file lies in a build tree. */
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_build_filename (
          module_dir != NULL ? module_dir : ".", places[i], "networks.ini",
          NULL);

      if (load_networks (path, networks))
        break;
    }
  load_own_networks (early_user_dir, networks);
  if (g_strcmp0 (early_user_dir, purple_user_dir ()) != 0)
    load_own_networks (purple_user_dir (), networks);
  return networks;
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
network_choices (const char *protocol)
{
  g_autoptr (GPtrArray) networks = read_networks ();
  GList *list = NULL;

  list = g_list_append (list,
                        glue_account_choice (_("(choose one)"), NETWORK_NONE));
  for (guint i = 0; i < networks->len; i++)
    {
      GlueNetwork *network = networks->pdata[i];

      if (network->closed == NULL && is_for (network, protocol))
        list = g_list_append (
            list, glue_account_choice (network->name, network->id));
    }
  return g_list_append (
      list, glue_account_choice (_("Custom (use the fields below)"),
                                 NETWORK_CUSTOM));
}

static GList *
security_choices (void)
{
  GList *list = NULL;

  list = g_list_append (list,
                        glue_account_choice (_("If available"), "optional"));
  list = g_list_append (list, glue_account_choice (_("Required"), "required"));
  return g_list_append (
      list,
      glue_account_choice (_("Off: messages and presence travel unencrypted"),
                           "off"));
}

GList *
glue_account_options (const char *protocol, int port, GList *signon,
                      const char *charset)
{
  GList *list = NULL;

  g_free (early_user_dir);
  early_user_dir = g_strdup (purple_user_dir ());
  list = g_list_append (list, purple_account_option_list_new (
                                  _("Network"), "network",
                                  network_choices (protocol)));
  list = g_list_append (
      list, purple_account_option_string_new (_("Server"), "server", ""));
  list = g_list_append (
      list, purple_account_option_int_new (_("Port"), "port", port));
  list = g_list_append (list, purple_account_option_list_new (
                                  _("Connection security"), "security",
                                  security_choices ()));
  list = g_list_append (list, purple_account_option_list_new (
                                  _("Sign-in method"), "signon", signon));
  list = g_list_append (list, purple_account_option_string_new (
                                  _("Web address (for sign-in over HTTPS)"),
                                  "web_url", ""));
  if (charset != NULL)
    list = g_list_append (list, purple_account_option_string_new (
                                    _("Encoding for old clients"), "encoding",
                                    charset));
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

static gboolean
in_domain (const char *host, char **domains)
{
  for (; *domains != NULL; domains++)
    {
      gsize skip = strlen (host) - strlen (*domains);

      if (strlen (host) < strlen (*domains) ||
          g_ascii_strcasecmp (host + skip, *domains) != 0)
        continue;
      if (skip == 0 || host[skip - 1] == '.')
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_host_of (const GlueNetwork *network, const char *host)
{
  return g_ascii_strcasecmp (network->host, host) == 0 ||
         in_domain (host, network->domains);
}

static gboolean
is_url_of (const GlueNetwork *network, const char *url)
{
  g_autoptr (GUri) uri =
      url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;

  return uri != NULL && is_host_of (network, g_uri_get_host (uri));
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

      if (network->closed != NULL && is_for (network, protocol) &&
          (is_host_of (network, custom->host) ||
           is_url_of (network, custom->web_url) ||
           is_url_of (network, custom->session_url)))
        return g_ptr_array_steal_index (networks, i);
    }
  return NULL;
}

static GlueNetwork *
custom_network (PurpleAccount *account, const char *host, int port)
{
  GlueNetwork *network = g_new0 (GlueNetwork, 1);

  network->id = g_strdup (NETWORK_CUSTOM);
  network->name = g_strdup (host);
  network->protocols = g_new0 (char *, 1);
  network->host = g_strdup (host);
  network->port = (guint16) port;
  if (!parse_security (purple_account_get_string (account, "security",
                                                  "optional"),
                       &network->security))
    network->security = GLUE_SECURITY_REQUIRED;
  network->signon =
      g_strdup (purple_account_get_string (account, "signon", "auto"));
  network->web_url = glue_account_split_web (
      purple_account_get_string (account, "web_url", ""),
      &network->session_url);
  /* Self-hosted servers of today take a sign-on in one flight, at one address;
   * for one that does not, both cost a connection and nothing else. */
  network->quirks = g_strsplit ("one-address", ";", -1);
  network->domains = g_new0 (char *, 1);
  return network;
}

static gboolean
read_custom (PurpleAccount *account, const char *protocol,
             GPtrArray *networks, ImFailure *ret_failure,
             GlueSettings *settings)
{
  int port = purple_account_get_int (account, "port", DEFAULT_PORT);
  g_autofree char *host = glue_account_split_server (
      purple_account_get_string (account, "server", ""), &port);
  g_autoptr (GlueNetwork) network = NULL;

  if (host == NULL)
    return fail (ret_failure, IM_PROBLEM_SETTINGS,
                 _("a custom network needs the name of its server"));
  if (port < 1 || port > 65535)
    return fail (ret_failure, IM_PROBLEM_SETTINGS,
                 _("the port must lie between 1 and 65535"));
  network = custom_network (account, host, port);
  settings->network = take_closed_network_of (networks, network, protocol);
  if (settings->network == NULL)
    settings->network = g_steal_pointer (&network);
  settings->identity =
      g_strdup_printf ("custom:%s:%u", settings->network->host,
                       settings->network->port);
  return TRUE;
}

static gboolean
read_network (PurpleAccount *account, const char *protocol,
              ImFailure *ret_failure, GlueSettings *settings)
{
  const char *id = purple_account_get_string (account, "network", "");
  g_autoptr (GPtrArray) networks = NULL;
  guint index;

  if (*id == '\0' || strcmp (id, NETWORK_NONE) == 0)
    return fail (ret_failure, IM_PROBLEM_NO_NETWORK, NULL);
  networks = read_networks ();
  if (strcmp (id, NETWORK_CUSTOM) == 0)
    return read_custom (account, protocol, networks, ret_failure, settings);

  /* Unknown is one that went away with an update or a file. */
  if (!find_network (networks, id, &index) ||
      !is_for (networks->pdata[index], protocol))
    return fail (ret_failure, IM_PROBLEM_NO_NETWORK, NULL);
  settings->network = g_ptr_array_steal_index (networks, index);
  settings->identity = g_strdup (settings->network->id);
  return TRUE;
}

static gboolean
check_web (const GlueNetwork *network, ImFailure *ret_failure)
{
  if (!needs_web (network))
    return TRUE;
  if (network->web_url == NULL)
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
glue_account_read (PurpleAccount *account, const char *protocol,
                   ImFailure *ret_failure, GlueSettings **ret_settings)
{
  GlueSettings *settings = g_new0 (GlueSettings, 1);
  const char *charset = purple_account_get_string (account, "encoding", "");

  *ret_settings = settings;
  settings->charset = g_strdup (*charset != '\0' ? charset : "ISO-8859-1");
  g_strstrip (settings->charset);
  settings->forget_pins =
      purple_account_get_bool (account, "forget_certificate", FALSE);

  if (!read_network (account, protocol, ret_failure, settings))
    return FALSE;
  if (settings->network->closed != NULL)
    return fail (ret_failure, IM_PROBLEM_SERVICE_CLOSED,
                 settings->network->closed);
  if (!check_web (settings->network, ret_failure))
    return FALSE;
  if (!charset_ok (settings->charset))
    return fail (ret_failure, IM_PROBLEM_SETTINGS,
                 _("the encoding is not known on this computer"));
  return TRUE;
}
