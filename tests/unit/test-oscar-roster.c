/* Clients of one account that edit its list at the same time.
 *
 * Each case is a seed: users do random things, and messages travel when
 * chance has it, each way in order. In the end all have what the server has,
 * see just that, and nobody's work is lost. */

#include <string.h>

#include "oscar-feedbag.h"
#include "oscar-roster.h"
#include "oscar-session.h"
#include "oscar-types.h"

#define N_CLIENTS 2
#define SEEDS 200

typedef enum
{
  STRICT = 1 << 0,    /* the server refuses what does not fit */
  SHUFFLED = 1 << 1,  /* answers and news overtake each other */
  CLASHING = 1 << 2,  /* clients choose the same ids */
  ADDING = 1 << 3,    /* nobody removes or moves anything */
} Manner;

typedef struct
{
  guint16 subtype;
  guint32 request;
  GBytes *body;
} Message;

typedef struct _World World;

typedef struct
{
  World *world;
  OscarRoster *roster;
  guint32 last_request;
  GQueue to_server;    /* owned Message */
  GQueue answers;      /* owned Message, to the client */
  GQueue news;         /* the same, if they come by another way */
  GHashTable *view;    /* owned "group/name" => owned alias: what is shown */
  gboolean unsettled;
  guint edits_left;
} Client;

struct _World
{
  Manner manner;
  GRand *rand;
  GHashTable *items;   /* guint key => owned GBytes: the server's list */
  GHashTable *added;   /* owned name */
  GHashTable *aliases; /* owned name => owned alias, the only one it got */
  GHashTable *touched; /* owned name: removed or moved by somebody */
  guint last_name;
  Client clients[N_CLIENTS];
};

static Message *
message_new (guint16 subtype, guint32 request, GBytes *body)
{
  Message *message = g_new (Message, 1);

  message->subtype = subtype;
  message->request = request;
  message->body = body != NULL ? g_bytes_ref (body) : g_bytes_new (NULL, 0);
  return message;
}

static void
message_free (gpointer data)
{
  Message *message = data;

  g_bytes_unref (message->body);
  g_free (message);
}

/* --- The server ---------------------------------------------------------- */

static GBytes *
bytes_of (const OscarFeedbagItem *item)
{
  g_auto (ImWriter) writer = { 0 };

  im_writer_init (&writer, G_MAXUINT16);
  oscar_feedbag_write_item (&writer, item);
  return im_writer_finish (&writer, NULL);
}

static guint16
serve_item (World *world, guint16 subtype, const OscarFeedbagItem *item)
{
  gpointer key =
      GUINT_TO_POINTER ((guint) item->group_id << 16 | item->item_id);
  gboolean there = g_hash_table_contains (world->items, key);

  if (subtype == OSCAR_FEEDBAG_DELETE)
    return g_hash_table_remove (world->items, key) ||
                   !(world->manner & STRICT)
               ? OSCAR_FEEDBAG_OK
               : OSCAR_FEEDBAG_NOT_FOUND;
  if (world->manner & STRICT && there != (subtype == OSCAR_FEEDBAG_UPDATE))
    return there ? OSCAR_FEEDBAG_EXISTS : OSCAR_FEEDBAG_NOT_FOUND;
  g_hash_table_insert (world->items, key, bytes_of (item));
  return OSCAR_FEEDBAG_OK;
}

static void
tell_others (World *world, const Client *sender, guint16 subtype, GBytes *body)
{
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      Client *other = &world->clients[i];

      if (other != sender)
        g_queue_push_tail (world->manner & SHUFFLED ? &other->news
                                                    : &other->answers,
                           message_new (subtype, 0, body));
    }
}

static void
serve_edit (World *world, Client *client, const Message *message)
{
  g_auto (ImWriter) statuses = { 0 }, stored = { 0 };
  g_autoptr (GBytes) answer = NULL, news = NULL;
  OscarFeedbagItem item;
  ImReader reader;

  im_writer_init (&statuses, G_MAXUINT16);
  im_writer_init (&stored, G_MAXUINT16);
  im_reader_init_bytes (&reader, message->body);
  while (oscar_feedbag_next_item (&reader, &item, NULL))
    {
      guint16 status = serve_item (world, message->subtype, &item);

      im_writer_u16 (&statuses, status);
      if (status == OSCAR_FEEDBAG_OK)
        oscar_feedbag_write_item (&stored, &item);
      oscar_feedbag_item_clear (&item);
    }
  answer = im_writer_finish (&statuses, NULL);
  news = im_writer_finish (&stored, NULL);
  g_queue_push_tail (&client->answers,
                     message_new (OSCAR_FEEDBAG_STATUS, message->request,
                                  answer));
  if (g_bytes_get_size (news) > 0)
    tell_others (world, client, message->subtype, news);
}

static GBytes *
whole_list (const World *world)
{
  GByteArray *all = g_byte_array_new ();
  GHashTableIter iter;
  gpointer item;

  g_hash_table_iter_init (&iter, world->items);
  while (g_hash_table_iter_next (&iter, NULL, &item))
    g_byte_array_append (all, g_bytes_get_data (item, NULL),
                         (guint) g_bytes_get_size (item));
  return g_byte_array_free_to_bytes (all);
}

static void
serve (World *world, Client *client)
{
  Message *message = g_queue_pop_head (&client->to_server);

  if (message->subtype == OSCAR_FEEDBAG_QUERY)
    {
      g_autoptr (GBytes) all = whole_list (world);

      g_queue_push_tail (&client->answers,
                         message_new (OSCAR_FEEDBAG_REPLY, 0, all));
    }
  else if (message->subtype <= OSCAR_FEEDBAG_DELETE)
    serve_edit (world, client, message);
  message_free (message);
}

/* --- What is shown ------------------------------------------------------- */

static char *
place (const char *group, const char *who)
{
  g_autofree char *name = oscar_name_normalize (who);

  return g_strdup_printf ("%s/%s", group, name);
}

static void
show_moved (Client *client, const char *from, const char *to)
{
  g_autofree char *prefix = g_strdup_printf ("%s/", from);
  g_autoptr (GList) keys = g_hash_table_get_keys (client->view);

  for (GList *l = keys; l != NULL; l = l->next)
    if (g_str_has_prefix (l->data, prefix))
      {
        gpointer key, alias;

        g_hash_table_steal_extended (client->view, l->data, &key, &alias);
        g_hash_table_insert (
            client->view,
            g_strdup_printf ("%s/%s", to, (char *) key + strlen (prefix)),
            alias);
        g_free (key);
      }
}

static void
on_event (gpointer user, const ImEvent *event)
{
  Client *client = user;
  g_autofree char *where = NULL;

  switch (event->type)
    {
    case IM_EVENT_BUDDY:
      where = place (event->buddy.group, event->buddy.who);
      if (event->buddy.alias != NULL ||
          !g_hash_table_contains (client->view, where))
        g_hash_table_insert (client->view, g_steal_pointer (&where),
                             g_strdup (event->buddy.alias));
      break;
    case IM_EVENT_BUDDY_GONE:
      where = place (event->buddy.group, event->buddy.who);
      g_hash_table_remove (client->view, where);
      break;
    case IM_EVENT_GROUP:
      if (event->group.old_name != NULL)
        show_moved (client, event->group.old_name, event->group.name);
      break;
    default:
      g_assert_cmpint (event->type, !=, IM_EVENT_LIST_ERROR);
      break;
    }
}

/* --- The clients --------------------------------------------------------- */

static guint32
on_send (gpointer user, guint16 subtype, ImWriter *body)
{
  Client *client = user;
  g_autoptr (GBytes) bytes =
      body != NULL ? im_writer_finish (body, NULL) : NULL;

  g_queue_push_tail (&client->to_server,
                     message_new (subtype, ++client->last_request, bytes));
  return client->last_request;
}

static void
on_unsettled (gpointer user)
{
  ((Client *) user)->unsettled = TRUE;
}

static guint16
on_random (gpointer user)
{
  Client *client = user;
  guint16 number = (guint16) g_rand_int (client->world->rand);

  return client->world->manner & CLASHING ? number & 7 : number;
}

static const OscarRosterFuncs funcs = {
  .send = on_send,
  .unsettled = on_unsettled,
  .random = on_random,
  .event = on_event,
};

static void
receive (Client *client, GQueue *queue)
{
  Message *message = g_queue_pop_head (queue);
  ImReader body;

  im_reader_init_bytes (&body, message->body);
  if (message->subtype == OSCAR_FEEDBAG_STATUS)
    oscar_roster_status (client->roster, message->request, &body);
  else if (message->subtype == OSCAR_FEEDBAG_REPLY)
    {
      oscar_roster_compare (client->roster, &body);
      oscar_roster_compared (client->roster);
    }
  else
    oscar_roster_push (client->roster, message->subtype, &body);
  message_free (message);
}

static void
tidy (Client *client)
{
  client->unsettled = FALSE;
  if (oscar_roster_tidy (client->roster))
    on_send (client, OSCAR_FEEDBAG_QUERY, NULL);
}

/* --- The users ----------------------------------------------------------- */

static int
pick (World *world, int n)
{
  return g_rand_int_range (world->rand, 0, n);
}

static const char *
any_group (World *world)
{
  static const char *const groups[] = { "Friends", "Work", "Family", "Club" };

  return groups[pick (world, G_N_ELEMENTS (groups))];
}

static gboolean
any_shown (Client *client, char **ret_group, char **ret_who)
{
  g_autoptr (GList) keys = g_list_sort (
      g_hash_table_get_keys (client->view), (GCompareFunc) strcmp);
  const char *key, *slash;

  if (keys == NULL)
    return FALSE;
  key = g_list_nth_data (
      keys, (guint) pick (client->world, (int) g_list_length (keys)));
  slash = strchr (key, '/');
  *ret_group = g_strndup (key, (gsize) (slash - key));
  *ret_who = g_strdup (slash + 1);
  return TRUE;
}

static void
touch (World *world, const char *who)
{
  g_hash_table_add (world->touched, g_strdup (who));
}

static void
touch_group (Client *client, const char *group)
{
  g_autofree char *prefix = g_strdup_printf ("%s/", group);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, client->view);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, prefix))
      touch (client->world, (char *) key + strlen (prefix));
}

static void
add_somebody (Client *client)
{
  World *world = client->world;
  /* Some are added by both. */
  g_autofree char *who = pick (world, 8) == 0
                             ? g_strdup_printf ("both%d", pick (world, 3))
                             : g_strdup_printf ("user%u", world->last_name++);
  const char *group = any_group (world);
  g_autofree char *where = place (group, who);

  oscar_roster_add_buddy (client->roster, who, group, NULL);
  if (!g_hash_table_contains (client->view, where))
    g_hash_table_insert (client->view, g_steal_pointer (&where), NULL);
  g_hash_table_add (world->added, g_strdup (who));
}

static void
alias_somebody (Client *client)
{
  World *world = client->world;
  g_autofree char *group = NULL, *who = NULL;
  g_autofree char *alias = g_strdup_printf ("alias%u", world->last_name++);
  GHashTableIter iter;
  gpointer key, value;

  if (!any_shown (client, &group, &who))
    return;
  if (g_hash_table_contains (world->aliases, who))
    touch (world, who);
  g_hash_table_insert (world->aliases, g_strdup (who), g_strdup (alias));
  oscar_roster_alias_buddy (client->roster, who, alias);
  g_hash_table_iter_init (&iter, client->view);
  while (g_hash_table_iter_next (&iter, &key, &value))
    if (strcmp (strchr (key, '/') + 1, who) == 0)
      g_hash_table_iter_replace (&iter, g_strdup (alias));
}

static void
remove_somebody (Client *client)
{
  g_autofree char *group = NULL, *who = NULL, *where = NULL;

  if (!any_shown (client, &group, &who))
    return;
  touch (client->world, who);
  where = place (group, who);
  g_hash_table_remove (client->view, where);
  oscar_roster_remove_buddy (client->roster, who, group);
}

static void
move_somebody (Client *client)
{
  g_autofree char *group = NULL, *who = NULL, *where = NULL, *there = NULL;
  const char *to = any_group (client->world);
  gpointer key = NULL, alias = NULL;

  if (!any_shown (client, &group, &who) || strcmp (group, to) == 0)
    return;
  touch (client->world, who);
  where = place (group, who);
  there = place (to, who);
  g_hash_table_steal_extended (client->view, where, &key, &alias);
  if (g_hash_table_contains (client->view, there))
    g_free (alias);
  else
    g_hash_table_insert (client->view, g_steal_pointer (&there), alias);
  g_free (key);
  oscar_roster_move_buddy (client->roster, who, group, to);
}

static void
rename_group (Client *client)
{
  const char *from = any_group (client->world);
  const char *to = any_group (client->world);

  /* Merging moves people. */
  touch_group (client, from);
  touch_group (client, to);
  show_moved (client, from, to);
  oscar_roster_rename_group (client->roster, from, to);
}

static void
remove_group (Client *client)
{
  g_autofree char *prefix = NULL;
  const char *group = any_group (client->world);
  GHashTableIter iter;
  gpointer key;

  touch_group (client, group);
  prefix = g_strdup_printf ("%s/", group);
  g_hash_table_iter_init (&iter, client->view);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (g_str_has_prefix (key, prefix))
      g_hash_table_iter_remove (&iter);
  oscar_roster_remove_group (client->roster, group);
}

static void
change_privacy (Client *client)
{
  World *world = client->world;
  g_autofree char *who = g_strdup_printf ("foe%d", pick (world, 3));

  if (pick (world, 2))
    oscar_roster_set_privacy (client->roster,
                              (ImPrivacyMode) (1 + pick (world, 5)));
  else
    oscar_roster_list_name (client->roster, OSCAR_ITEM_DENY, who,
                            pick (world, 2));
}

static void
edit_something (Client *client)
{
  World *world = client->world;
  int choice = pick (world, world->manner & ADDING ? 10 : 20);

  client->edits_left--;
  if (choice < 7)
    add_somebody (client);
  else if (choice < 9)
    alias_somebody (client);
  else if (choice < 10)
    change_privacy (client);
  else if (choice < 13)
    remove_somebody (client);
  else if (choice < 17)
    move_somebody (client);
  else if (choice < 19)
    rename_group (client);
  else
    remove_group (client);
}

/* --- What has to hold ---------------------------------------------------- */

static gboolean
step (World *world)
{
  Client *client = &world->clients[pick (world, N_CLIENTS)];

  switch (pick (world, 5))
    {
    case 0:
      if (client->edits_left > 0)
        edit_something (client);
      break;
    case 1:
      if (!g_queue_is_empty (&client->to_server))
        serve (world, client);
      break;
    case 2:
      if (!g_queue_is_empty (&client->answers))
        receive (client, &client->answers);
      break;
    case 3:
      if (!g_queue_is_empty (&client->news))
        receive (client, &client->news);
      break;
    default: /* it is quiet only as far as that client sees */
      if (client->unsettled && pick (world, 20) == 0)
        tidy (client);
      break;
    }
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      client = &world->clients[i];
      if (client->edits_left > 0 || client->unsettled ||
          !g_queue_is_empty (&client->to_server) ||
          !g_queue_is_empty (&client->answers) ||
          !g_queue_is_empty (&client->news))
        return TRUE;
    }
  return FALSE;
}

/* "group/name" => alias, by the server's list. */
static GHashTable *
derive_view (const World *world)
{
  GHashTable *view =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) titles =
      g_hash_table_new_full (NULL, NULL, NULL, g_free);

  for (guint pass = 0; pass < 2; pass++)
    {
      g_autoptr (GBytes) all = whole_list (world);
      OscarFeedbagItem item;
      ImReader reader;

      im_reader_init_bytes (&reader, all);
      while (oscar_feedbag_next_item (&reader, &item, NULL))
        {
          gpointer id = GUINT_TO_POINTER ((guint) item.group_id);

          if (pass == 0 && item.class_id == OSCAR_ITEM_GROUP)
            g_hash_table_insert (titles, id, g_strdup (item.name));
          else if (pass == 1 && item.class_id == OSCAR_ITEM_BUDDY)
            {
              const char *title = g_hash_table_lookup (titles, id);

              g_assert_nonnull (title); /* nobody is in no group */
              g_hash_table_insert (
                  view, place (title, item.name),
                  oscar_feedbag_item_dup_string (&item, OSCAR_ATTR_ALIAS));
            }
          oscar_feedbag_item_clear (&item);
        }
    }
  return view;
}

static void
assert_same_items (const World *world, const Client *client)
{
  g_auto (ImWriter) writer = { 0 };
  g_autoptr (GBytes) saved = NULL;
  OscarFeedbagItem item;
  ImReader reader;
  guint n = 0;

  im_writer_init (&writer, G_MAXUINT16);
  oscar_roster_save (client->roster, &writer);
  saved = im_writer_finish (&writer, NULL);
  im_reader_init_bytes (&reader, saved);
  for (; oscar_feedbag_next_item (&reader, &item, NULL); n++)
    {
      g_autoptr (GBytes) ours = bytes_of (&item);
      GBytes *theirs = g_hash_table_lookup (
          world->items,
          GUINT_TO_POINTER ((guint) item.group_id << 16 | item.item_id));

      g_assert_nonnull (theirs);
      g_assert_true (g_bytes_equal (ours, theirs));
      oscar_feedbag_item_clear (&item);
    }
  g_assert_cmpuint (n, ==, g_hash_table_size (world->items));
}

static void
assert_shows (const Client *client, GHashTable *wanted)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, wanted);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (client->view, key))
      g_error ("%s is not shown", (char *) key);
  g_hash_table_iter_init (&iter, client->view);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (wanted, key))
      g_error ("%s is still shown", (char *) key);
}

static void
assert_nothing_lost (const World *world, GHashTable *view)
{
  g_autoptr (GHashTable) aliases = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer key, alias;

  g_hash_table_iter_init (&iter, view);
  while (g_hash_table_iter_next (&iter, &key, &alias))
    g_hash_table_insert (aliases, strchr (key, '/') + 1, alias);
  g_hash_table_iter_init (&iter, world->added);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (world->touched, key) &&
        !g_hash_table_contains (aliases, key))
      g_error ("%s is lost", (char *) key);
  g_hash_table_iter_init (&iter, world->aliases);
  while (g_hash_table_iter_next (&iter, &key, &alias))
    if (!g_hash_table_contains (world->touched, key) &&
        !g_str_has_prefix (key, "both"))
      g_assert_cmpstr (g_hash_table_lookup (aliases, key), ==, alias);
}

/* --- A case --------------------------------------------------------------- */

/* Groups everybody knows. */
static void
load_groups (World *world, Client *client)
{
  static const char *const titles[] = { "", "Friends", "Work", "Family",
                                        "Club" };

  for (guint16 i = 0; i < G_N_ELEMENTS (titles); i++)
    {
      OscarFeedbagItem item = { .class_id = OSCAR_ITEM_GROUP };

      item.group_id = i * 0x100;
      oscar_feedbag_item_set_name (&item, titles[i]);
      serve_item (world, OSCAR_FEEDBAG_INSERT, &item);
      g_assert_true (oscar_roster_load (client->roster, &item));
      oscar_feedbag_item_clear (&item);
    }
}

static void
world_init (World *world, Manner manner, guint32 seed)
{
  memset (world, 0, sizeof *world);
  world->manner = manner;
  world->rand = g_rand_new_with_seed (seed);
  world->items = g_hash_table_new_full (NULL, NULL, NULL,
                                        (GDestroyNotify) g_bytes_unref);
  world->added =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->touched =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  world->aliases =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      Client *client = &world->clients[i];

      client->world = world;
      client->edits_left = 15;
      client->view =
          g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      client->roster = oscar_roster_new (&funcs, client);
      if (manner & CLASHING)
        load_groups (world, client);
      while (oscar_roster_report (client->roster, G_MAXUINT))
        ;
    }
}

static void
world_clear (World *world)
{
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      oscar_roster_free (world->clients[i].roster);
      g_hash_table_unref (world->clients[i].view);
    }
  g_hash_table_unref (world->aliases);
  g_hash_table_unref (world->touched);
  g_hash_table_unref (world->added);
  g_hash_table_unref (world->items);
  g_rand_free (world->rand);
}

static void
play (Manner manner, guint32 seed)
{
  World world;
  g_autoptr (GHashTable) view = NULL;
  guint steps = 0;

  g_test_message ("seed %u", seed);
  world_init (&world, manner, seed);
  while (step (&world))
    g_assert_cmpuint (++steps, <, 200000); /* they must come to an end */
  view = derive_view (&world);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      assert_same_items (&world, &world.clients[i]);
      assert_shows (&world.clients[i], view);
    }
  assert_nothing_lost (&world, view);
  world_clear (&world);
}

static void
test_converges (gconstpointer manner)
{
  const char *only = g_getenv ("ROSTER_SEED");

  if (only != NULL)
    play ((Manner) GPOINTER_TO_UINT (manner), (guint32) atoi (only));
  for (guint32 seed = 0; only == NULL && seed < SEEDS; seed++)
    play ((Manner) GPOINTER_TO_UINT (manner), seed);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    Manner manner;
  } cases[] = {
    { "/oscar/roster/two/adding", ADDING },
    { "/oscar/roster/two/adding-strict", ADDING | STRICT },
    { "/oscar/roster/two/editing", 0 },
    { "/oscar/roster/two/editing-strict", STRICT },
    { "/oscar/roster/two/editing-shuffled", SHUFFLED },
    { "/oscar/roster/two/clashing", ADDING | CLASHING },
    { "/oscar/roster/two/clashing-strict", ADDING | CLASHING | STRICT },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, GUINT_TO_POINTER (cases[i].manner),
                          test_converges);
  return g_test_run ();
}
