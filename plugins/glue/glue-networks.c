#include "glue-networks.h"

#include <string.h>

#include <purple.h>

#include "glue-i18n.h"

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
  if (network->services != NULL)
    g_hash_table_unref (network->services);
  g_free (network);
}

void
glue_networks_set_module_path (const char *path)
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
glue_networks_split_web (const char *typed, char **ret_session)
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

/* --- networks.ini ------------------------------------------------------- */

gboolean
glue_network_parse_security (const char *word, GlueSecurity *ret_security)
{
  if (word == NULL || strcmp (word, "off") == 0)
    *ret_security = GLUE_SECURITY_OFF;
  else if (strcmp (word, "required") == 0)
    *ret_security = GLUE_SECURITY_REQUIRED;
  else if (strcmp (word, "optional") == 0)
    *ret_security = GLUE_SECURITY_OPTIONAL;
  else if (strcmp (word, "direct") == 0)
    *ret_security = GLUE_SECURITY_DIRECT;
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
  if (strcmp (id, GLUE_NETWORK_NONE) == 0 || strcmp (id, GLUE_NETWORK_CUSTOM) == 0)
    return FALSE;
  for (const char *p = id; *p != '\0'; p++)
    if (!g_ascii_islower (*p) && !g_ascii_isdigit (*p) && *p != '-')
      return FALSE;
  return *id != '\0';
}

/* What keys such as "rst_url" say. */
static GHashTable *
get_services (GKeyFile *file, const char *group)
{
  static const char *const names[] = {
    "nexus", "rst",   "address-book", "sharing", "oim", "oim-store", "gateway",
    "token", "oauth", "web-gateway",  "web-rst", "uic", "roster",
  };
  GHashTable *services =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *key = g_strconcat (names[i], "-url", NULL);
      char *url;

      g_strdelimit (key, "-", '_');
      url = get_url (file, group, key);
      if (url != NULL)
        g_hash_table_insert (services, (gpointer) names[i], url);
    }
  return services;
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
  network->services = get_services (file, group);
  if (network->signon == NULL)
    network->signon = g_strdup ("auto");

  if (!id_ok (group) || network->name == NULL || network->host == NULL ||
      *network->protocols == NULL || port < 1 || port > 65535 ||
      !glue_network_parse_security (security, &network->security))
    return NULL;
  return g_steal_pointer (&network);
}

gboolean
glue_networks_find (GPtrArray *networks, const char *id, guint *ret_index)
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

gboolean
glue_network_is_for (const GlueNetwork *network, const char *protocol)
{
  return g_strv_contains ((const char *const *) network->protocols, protocol);
}

gboolean
glue_networks_parse (const char *data, gsize len, GPtrArray *networks,
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
      if (glue_networks_find (networks, *group, &old))
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
      !glue_networks_parse (data, len, networks, &error))
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

void
glue_networks_remember_user_dir (void)
{
  g_free (early_user_dir);
  early_user_dir = g_strdup (purple_user_dir ());
}

GPtrArray *
glue_networks_read (void)
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

/* --- questions ---------------------------------------------------------- */

const char *
glue_network_service (const GlueNetwork *network, const char *name)
{
  return network->services != NULL
             ? g_hash_table_lookup (network->services, name)
             : NULL;
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

gboolean
glue_network_has_host (const GlueNetwork *network, const char *host)
{
  return g_ascii_strcasecmp (network->host, host) == 0 ||
         in_domain (host, network->domains);
}

gboolean
glue_network_has_url (const GlueNetwork *network, const char *url)
{
  g_autoptr (GUri) uri =
      url != NULL ? g_uri_parse (url, G_URI_FLAGS_NONE, NULL) : NULL;

  return uri != NULL && glue_network_has_host (network, g_uri_get_host (uri));
}
