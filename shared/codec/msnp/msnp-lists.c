#include "msnp-lists.h"

#include <string.h>

#include "im-charset.h"
#include "im-limits.h"
#include "xml-tree.h"

/* Longer ids are none of any server. */
#define MAX_ID 64

/* Lists of an entry that clients may send. */
#define OWN_LISTS (MSNP_LIST_FORWARD | MSNP_LIST_ALLOW | MSNP_LIST_BLOCK)

static const struct
{
  const char *word;
  MsnpListFlags list;
} list_words[] = {
  { "FL", MSNP_LIST_FORWARD }, { "AL", MSNP_LIST_ALLOW },
  { "BL", MSNP_LIST_BLOCK },   { "RL", MSNP_LIST_REVERSE },
  { "PL", MSNP_LIST_PENDING },
};

const char *
msnp_list_word (MsnpListFlags list)
{
  for (guint i = 0; i < G_N_ELEMENTS (list_words); i++)
    if (list_words[i].list == list)
      return list_words[i].word;
  return "FL";
}

gboolean
msnp_list_decode_word (ImWord word, MsnpListFlags *ret)
{
  for (guint i = 0; i < G_N_ELEMENTS (list_words); i++)
    if (im_word_is (word, list_words[i].word))
      {
        *ret = list_words[i].list;
        return TRUE;
      }
  return FALSE;
}

void
msnp_contact_clear (MsnpContact *self)
{
  msnp_handle_clear (&self->handle);
  g_clear_pointer (&self->nick, g_free);
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->groups, g_strfreev);
}

void
msnp_group_clear (MsnpGroup *self)
{
  g_clear_pointer (&self->id, g_free);
  g_clear_pointer (&self->name, g_free);
}

void
msnp_property_clear (MsnpProperty *self)
{
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->value, g_free);
}

static gboolean
malformed (GError **error, const MsnpCommand *command)
{
  g_set_error (error, IM_WIRE_ERROR, IM_WIRE_ERROR_MALFORMED,
               "%s does not have the words it should", command->verb);
  return FALSE;
}

/* Numbers and GUIDs. */
static gboolean
is_id (ImWord word)
{
  for (gsize i = 0; i < word.len; i++)
    if (!g_ascii_isalnum (word.text[i]) && strchr ("-{}", word.text[i]) == NULL)
      return FALSE;
  return word.len > 0 && word.len <= MAX_ID &&
         memchr (word.text, '\0', word.len) == NULL;
}

static char **
dup_groups (ImWord word)
{
  g_autoptr (GPtrArray) groups = g_ptr_array_new ();
  ImWord id;

  while (word.len > 0 && groups->len < IM_MAX_MSNP_GROUPS)
    {
      im_word_cut (&word, ',', &id);
      if (is_id (id))
        g_ptr_array_add (groups, im_word_dup (id));
    }
  if (groups->len == 0)
    return NULL;
  g_ptr_array_add (groups, NULL);
  return (char **)g_ptr_array_steal (groups, NULL);
}

static gboolean
read_count (ImWord word, guint *ret, GError **error)
{
  guint64 number;

  if (!im_word_number (word, IM_MAX_MSNP_CONTACTS, &number, error))
    return FALSE;
  *ret = (guint)number;
  return TRUE;
}

gboolean
msnp_lists_decode_sync (const MsnpCommand *command, guint version,
                        MsnpSync *ret, GError **error)
{
  MsnpSync sync = { FALSE };
  guint first = version >= 10 ? 2 : 1;

  if (version >= 8 && command->n_params > first)
    {
      sync.counted = TRUE;
      if (!read_count (msnp_command_param (command, first), &sync.n_contacts,
                       error) ||
          !read_count (msnp_command_param (command, first + 1), &sync.n_groups,
                       error))
        return FALSE;
    }
  *ret = sync;
  return TRUE;
}

/* What precedes the words of a line up to version 7, where each says how many
 * there are. @first is that of the index. */
static gboolean
read_old_count (const MsnpCommand *command, guint first, MsnpCount *ret,
                GError **error)
{
  return read_count (msnp_command_param (command, first), &ret->index, error) &&
         read_count (msnp_command_param (command, first + 1), &ret->total,
                     error);
}

/* LST t FL serial i n handle nick [groups] */
static gboolean
read_old_contact (const MsnpCommand *command, MsnpContact *ret,
                  MsnpCount *ret_count, GError **error)
{
  MsnpListFlags list;

  if (!msnp_list_decode_word (msnp_command_param (command, 1), &list))
    return malformed (error, command);
  ret->lists = list;
  if (!read_old_count (command, 3, ret_count, error))
    return FALSE;
  if (ret_count->total == 0)
    return TRUE;
  if (!msnp_handle_decode (msnp_command_param (command, 5), &ret->handle,
                           error))
    return FALSE;
  if (command->n_params > 6)
    ret->nick = msnp_param_dup_text (command->params[6]);
  ret->groups = dup_groups (msnp_command_param (command, 7));
  return TRUE;
}

static gboolean
read_lists (ImWord word, guint *ret, GError **error)
{
  guint64 lists;

  if (!im_word_number (word, 0xff, &lists, error))
    return FALSE;
  *ret = (guint)lists;
  return TRUE;
}

/* LST handle nick lists [groups]; the nick may be missing. */
static gboolean
read_plain_contact (const MsnpCommand *command, MsnpContact *ret,
                    GError **error)
{
  guint at = 2;

  if (!msnp_handle_decode (msnp_command_param (command, 0), &ret->handle,
                           error))
    return FALSE;
  if (command->n_params == 2)
    at = 1;
  else
    ret->nick = msnp_param_dup_text (msnp_command_param (command, 1));
  ret->groups = dup_groups (msnp_command_param (command, at + 1));
  return read_lists (msnp_command_param (command, at), &ret->lists, error);
}

static ImWord
without_prefix (ImWord word)
{
  return (ImWord){ word.text + 2, word.len - 2 };
}

/* "N=", "F=" and "C=" in any order, up to the first word that is none of
 * them. */
static gboolean
read_named (const MsnpCommand *command, guint first, MsnpContact *ret,
            guint *ret_next, GError **error)
{
  guint i;

  for (i = first; i < command->n_params; i++)
    {
      ImWord word = command->params[i];

      if (im_word_starts (word, "N=") && ret->handle.address == NULL)
        {
          if (!msnp_handle_decode (without_prefix (word), &ret->handle, error))
            return FALSE;
        }
      else if (im_word_starts (word, "F=") && ret->nick == NULL)
        ret->nick = msnp_param_dup_text (without_prefix (word));
      else if (im_word_starts (word, "C=") && ret->id == NULL &&
               is_id (without_prefix (word)))
        ret->id = im_word_dup (without_prefix (word));
      else
        break;
    }
  *ret_next = i;
  return TRUE;
}

/* LST N=... [F=...] [C=...] lists [type] [groups] */
static gboolean
read_named_contact (const MsnpCommand *command, guint version, MsnpContact *ret,
                    GError **error)
{
  guint64 network;
  guint next;

  if (!read_named (command, 0, ret, &next, error))
    return FALSE;
  if (ret->handle.address == NULL)
    return malformed (error, command);
  if (!read_lists (msnp_command_param (command, next), &ret->lists, error))
    return FALSE;
  next++;
  if (version >= 12 && im_word_number (msnp_command_param (command, next),
                                       G_MAXUINT16, &network, NULL))
    {
      ret->handle.network = (guint)network;
      next++;
    }
  ret->groups = dup_groups (msnp_command_param (command, next));
  return TRUE;
}

gboolean
msnp_lists_decode_contact (const MsnpCommand *command, guint version,
                           MsnpContact *ret, MsnpCount *ret_count,
                           GError **error)
{
  g_auto (MsnpContact) contact = { { NULL } };
  MsnpCount count = { 0 };
  gboolean fine;

  if (version <= 7)
    fine = read_old_contact (command, &contact, &count, error);
  else if (version <= 9)
    fine = read_plain_contact (command, &contact, error);
  else
    fine = read_named_contact (command, version, &contact, error);
  if (!fine)
    return FALSE;
  *ret = contact;
  *ret_count = count;
  contact = (MsnpContact){ { NULL } };
  return TRUE;
}

static gboolean
read_group (const MsnpCommand *command, ImWord id, ImWord name, MsnpGroup *ret,
            GError **error)
{
  if (!is_id (id))
    return malformed (error, command);
  ret->id = im_word_dup (id);
  ret->name = msnp_param_dup_text (name);
  return TRUE;
}

gboolean
msnp_lists_decode_group (const MsnpCommand *command, guint version,
                         MsnpGroup *ret, MsnpCount *ret_count, GError **error)
{
  /* Where the id is, and the name. */
  guint id = version <= 7 ? 4 : version <= 9 ? 0 : 1;
  guint name = version <= 7 ? 5 : version <= 9 ? 1 : 0;
  MsnpCount count = { 0 };

  if ((version <= 7 && !read_old_count (command, 2, &count, error)) ||
      !read_group (command, msnp_command_param (command, id),
                   msnp_command_param (command, name), ret, error))
    return FALSE;
  *ret_count = count;
  return TRUE;
}

/* ADD t FL serial handle [nick] [group], REM the same without nick; serials
 * may be missing. */
static gboolean
read_old_edit (const MsnpCommand *command, MsnpContact *ret, GError **error)
{
  guint next = im_word_is_digits (msnp_command_param (command, 1)) ? 2 : 1;

  if (!msnp_handle_decode (msnp_command_param (command, next), &ret->handle,
                           error))
    return FALSE;
  next++;
  if (msnp_command_is (command, "ADD"))
    ret->nick = next < command->n_params
                    ? msnp_param_dup_text (command->params[next])
                    : NULL;
  if (msnp_command_is (command, "ADD"))
    next++;
  ret->groups = dup_groups (msnp_command_param (command, next));
  return TRUE;
}

/* REM t FL id [group], REM t AL handle */
static gboolean
read_new_removal (const MsnpCommand *command, MsnpContact *ret, GError **error)
{
  ImWord who = msnp_command_param (command, 1);

  ret->groups = dup_groups (msnp_command_param (command, 2));
  if (!is_id (who))
    return msnp_handle_decode (who, &ret->handle, error);
  ret->id = im_word_dup (who);
  return TRUE;
}

static gboolean
read_addition (const MsnpCommand *command, MsnpContact *ret, GError **error)
{
  guint next;

  if (!read_named (command, 1, ret, &next, error))
    return FALSE;
  if (ret->handle.address == NULL && ret->id == NULL)
    return malformed (error, command);
  ret->groups = dup_groups (msnp_command_param (command, next));
  return TRUE;
}

gboolean
msnp_lists_decode_edit (const MsnpCommand *command, guint version,
                        MsnpContact *ret, GError **error)
{
  g_auto (MsnpContact) contact = { { NULL } };
  MsnpListFlags list;
  gboolean fine;

  if (!msnp_list_decode_word (msnp_command_param (command, 0), &list))
    return malformed (error, command);
  if (msnp_command_is (command, "ADC"))
    fine = read_addition (command, &contact, error);
  else if (version >= 10 && msnp_command_is (command, "REM"))
    fine = read_new_removal (command, &contact, error);
  else
    fine = read_old_edit (command, &contact, error);
  if (!fine)
    return FALSE;
  contact.lists = list;
  *ret = contact;
  contact = (MsnpContact){ { NULL } };
  return TRUE;
}

/* Behind the serial (a constant 1 from version 10 on, where ADG has none):
 * ADG name id 0, REG id name 0, RMG id. */
gboolean
msnp_lists_decode_group_edit (const MsnpCommand *command, guint version,
                              MsnpGroup *ret, GError **error)
{
  gboolean add = msnp_command_is (command, "ADG");
  guint first = add && version >= 10 ? 0 : 1;
  /* From version 10 the answer to REG names the name first. */
  gboolean name_first =
      add || (version >= 10 && msnp_command_is (command, "REG"));
  ImWord name = msnp_command_param (command, first + !name_first);
  ImWord id = msnp_command_param (command, first + name_first);

  if (!msnp_command_is (command, "RMG"))
    return read_group (command, id, name, ret, error);
  if (!is_id (id))
    return malformed (error, command);
  *ret = (MsnpGroup){ .id = im_word_dup (id) };
  return TRUE;
}

/* PRP [serial] KEY [value], BPR [serial] [handle] KEY [value] */
gboolean
msnp_lists_decode_property (const MsnpCommand *command, MsnpProperty *ret,
                            char **ret_address, GError **error)
{
  g_auto (MsnpHandle) handle = { NULL };
  guint next = im_word_is_digits (msnp_command_param (command, 0)) ? 1 : 0;
  ImWord key = msnp_command_param (command, next);

  if (msnp_command_is (command, "BPR") && key.len > 0 &&
      memchr (key.text, '@', key.len) != NULL)
    {
      if (!msnp_handle_decode (key, &handle, error))
        return FALSE;
      key = msnp_command_param (command, ++next);
    }
  if (!is_id (key))
    return malformed (error, command);
  ret->key = im_word_dup (key);
  ret->value = next + 1 < command->n_params
                   ? msnp_param_dup_text (command->params[next + 1])
                   : NULL;
  *ret_address = g_steal_pointer (&handle.address);
  return TRUE;
}

static guint
read_attribute (const XmlNode *node, const char *name)
{
  const char *text = xml_node_attribute (node, name);
  guint64 number = 0;

  if (text == NULL)
    return 0;
  im_word_number (im_word (text), G_MAXUINT16, &number, NULL);
  return (guint)number;
}

static void
read_member (const XmlNode *node, const char *domain, GArray *members)
{
  const char *name = xml_node_attribute (node, "n");
  const char *nick = xml_node_attribute (node, "f");
  g_autofree char *address = NULL;
  MsnpContact contact = { { NULL } };

  if (name == NULL || *name == '\0')
    return;
  address =
      domain != NULL ? g_strconcat (name, "@", domain, NULL) : g_strdup (name);
  if (!msnp_handle_decode (im_word (address), &contact.handle, NULL))
    return;
  contact.handle.network = read_attribute (node, "t");
  contact.lists = read_attribute (node, "l");
  if (nick != NULL && *nick != '\0')
    contact.nick = msnp_param_dup_text (im_word (nick));
  g_array_append_val (members, contact);
}

static void
clear_contact (gpointer data)
{
  msnp_contact_clear (data);
}

gboolean
msnp_lists_decode_xml (const ImReader *payload, GArray **ret, GError **error)
{
  g_autoptr (XmlTree) tree =
      xml_tree_parse (payload->pos, im_reader_left (payload), error);
  const XmlNode *group;
  GArray *members;

  if (tree == NULL)
    return FALSE;
  members = g_array_new (FALSE, FALSE, sizeof (MsnpContact));
  g_array_set_clear_func (members, clear_contact);
  /* A domain each, and "t" for telephones, which have none. */
  for (group = xml_node_first (xml_tree_root (tree), NULL);
       xml_node_exists (group); group = xml_node_next (group, NULL))
    {
      const char *domain = xml_node_attribute (group, "n");
      gboolean phones = strcmp (xml_node_name (group), "t") == 0;

      if (!phones && domain == NULL)
        continue;
      for (const XmlNode *node = xml_node_first (group, "c");
           xml_node_exists (node); node = xml_node_next (node, "c"))
        read_member (node, phones ? NULL : domain, members);
    }
  *ret = members;
  return TRUE;
}

/* Members of one domain. */
typedef struct
{
  const char *domain; /* NULL: telephones */
  GPtrArray *members; /* const MsnpMember */
} Domain;

static void
domain_free (gpointer data)
{
  Domain *domain = data;

  g_ptr_array_unref (domain->members);
  g_free (domain);
}

static GPtrArray *
sort_by_domain (const MsnpMember *members, guint n_members)
{
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GPtrArray *domains = g_ptr_array_new_with_free_func (domain_free);

  for (guint i = 0; i < n_members; i++)
    {
      const char *at = strrchr (members[i].address, '@');
      const char *key = at != NULL ? at + 1 : "";
      Domain *domain = g_hash_table_lookup (known, key);

      if (domain == NULL)
        {
          domain = g_new0 (Domain, 1);
          domain->domain = at != NULL ? key : NULL;
          domain->members = g_ptr_array_new ();
          g_hash_table_insert (known, (gpointer)key, domain);
          g_ptr_array_add (domains, domain);
        }
      g_ptr_array_add (domain->members, (gpointer)&members[i]);
    }
  return domains;
}

static char *
opening_of (const Domain *domain)
{
  return domain->domain != NULL
             ? g_markup_printf_escaped ("<d n=\"%s\">", domain->domain)
             : g_strdup ("<t>");
}

static char *
entry_of (const MsnpMember *member)
{
  const char *at = strrchr (member->address, '@');
  g_autofree char *name =
      at != NULL ? g_strndup (member->address, (gsize)(at - member->address))
                 : g_strdup (member->address);
  guint lists = member->lists & OWN_LISTS;

  if (lists & MSNP_LIST_BLOCK)
    lists &= ~(guint)MSNP_LIST_ALLOW;
  if (at == NULL)
    return g_markup_printf_escaped ("<c n=\"%s\" l=\"%u\"/>", name, lists);
  return g_markup_printf_escaped (
      "<c n=\"%s\" l=\"%u\" t=\"%u\"/>", name, lists,
      member->network != 0 ? member->network : MSNP_NETWORK_MSN);
}

/* A payload in the making. */
typedef struct
{
  GPtrArray *done;
  GString *text;
  const char *head;
  gsize max;
} Payloads;

static void
end_payload (Payloads *payloads)
{
  g_string_append (payloads->text, "</ml>");
  g_ptr_array_add (payloads->done,
                   g_bytes_new (payloads->text->str, payloads->text->len));
  g_string_assign (payloads->text, payloads->head);
}

static void
add_domain (Payloads *payloads, const Domain *domain)
{
  g_autofree char *opening = opening_of (domain);
  const char *closing = domain->domain != NULL ? "</d>" : "</t>";
  gboolean open = FALSE;

  for (guint i = 0; i < domain->members->len; i++)
    {
      g_autofree char *entry = entry_of (domain->members->pdata[i]);
      gsize more = strlen (entry) + (open ? 0 : strlen (opening)) +
                   strlen (closing) + strlen ("</ml>");

      /* One entry alone goes out whatever its size. */
      if (payloads->text->len + more > payloads->max &&
          payloads->text->len > strlen (payloads->head))
        {
          if (open)
            g_string_append (payloads->text, closing);
          open = FALSE;
          end_payload (payloads);
        }
      if (!open)
        g_string_append (payloads->text, opening);
      open = TRUE;
      g_string_append (payloads->text, entry);
    }
  if (open)
    g_string_append (payloads->text, closing);
}

GPtrArray *
msnp_lists_encode_xml (const MsnpMember *members, guint n_members,
                       gboolean initial, gsize max)
{
  g_autoptr (GPtrArray) domains = sort_by_domain (members, n_members);
  Payloads payloads = {
    .done = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref),
    .head = initial ? "<ml l=\"1\">" : "<ml>",
    .max = max,
  };

  payloads.text = g_string_new (payloads.head);
  for (guint i = 0; i < domains->len; i++)
    add_domain (&payloads, domains->pdata[i]);
  if (payloads.text->len > strlen (payloads.head) ||
      (initial && payloads.done->len == 0))
    end_payload (&payloads);
  g_string_free (payloads.text, TRUE);
  return payloads.done;
}
