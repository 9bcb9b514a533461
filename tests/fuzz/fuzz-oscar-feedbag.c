/* The server-stored list: replies, items, and edits of hostile items. */

#include "fuzz.h"
#include "oscar-feedbag.h"

/* The end of a list is no error, but no item either. */
static gboolean
read_item (ImReader *body, OscarFeedbagItem *ret, GError **error)
{
  if (im_reader_left (body) > 0)
    return oscar_feedbag_next_item (body, ret, error);
  g_set_error_literal (error, IM_WIRE_ERROR, IM_WIRE_ERROR_TRUNCATED, "empty");
  return FALSE;
}

FUZZ_ROUND_TRIP (item, OscarFeedbagItem, read_item, oscar_feedbag_write_item,
                 oscar_feedbag_item_clear)
FUZZ_ROUND_TRIP (reply, OscarFeedbagReply, oscar_feedbag_decode_reply,
                 oscar_feedbag_encode_reply, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (stamp, OscarFeedbagStamp, oscar_feedbag_decode_stamp,
                 oscar_feedbag_encode_stamp, fuzz_owns_nothing)

static void
write_auth_request (ImWriter *writer, const OscarFeedbagAuth *auth)
{
  oscar_feedbag_encode_auth_request (writer, auth->name.text, auth->reason);
}

FUZZ_ROUND_TRIP (auth_request, OscarFeedbagAuth,
                 oscar_feedbag_decode_auth_request, write_auth_request,
                 oscar_feedbag_auth_clear)

static void
write_auth_reply (ImWriter *writer, const OscarFeedbagAuth *auth)
{
  oscar_feedbag_encode_auth_reply (writer, auth->name.text, auth->accept,
                                   auth->reason);
}

FUZZ_ROUND_TRIP (auth_reply, OscarFeedbagAuth, oscar_feedbag_decode_auth_reply,
                 write_auth_reply, oscar_feedbag_auth_clear)

/* Whatever the attributes hold, an edit takes and leaves the rest alone. */
static void
edit (OscarFeedbagItem *self)
{
  g_autofree char *alias =
      oscar_feedbag_item_dup_string (self, OSCAR_ATTR_ALIAS);
  g_auto (OscarFeedbagItem) copy;
  g_autofree char *set = NULL;
  ImReader order;
  guint16 id;

  fuzz_assert_tidy (self->name);
  if (alias != NULL)
    fuzz_assert_tidy (alias);
  oscar_feedbag_item_get_uint (self, OSCAR_ATTR_PD_MODE, 1);
  if (oscar_feedbag_item_get (self, OSCAR_ATTR_ORDER, &order))
    while (oscar_feedbag_next_id (&order, &id))
      ;
  oscar_feedbag_item_copy (self, &copy);
  oscar_feedbag_item_set_string (&copy, OSCAR_ATTR_ALIAS, "Joe");
  oscar_feedbag_item_add_to_order (&copy, 0x1234);
  oscar_feedbag_item_remove_from_order (&copy, 0x1234);
  oscar_feedbag_item_set_pref (&copy, OSCAR_PREF_OFFLINE_MESSAGES, TRUE);
  oscar_feedbag_item_get_pref (&copy, OSCAR_PREF_DISCLOSE_IDLE, FALSE);
  set = oscar_feedbag_item_dup_string (&copy, OSCAR_ATTR_ALIAS);
  g_assert_true (g_strcmp0 (set, "Joe") == 0 ||
                 g_bytes_get_size (copy.attributes) > G_MAXUINT16 - 64);
  oscar_feedbag_item_unset (&copy, OSCAR_ATTR_ALIAS);
}

static void
items (const ImReader *body)
{
  ImReader list = *body;
  g_autoptr (GError) error = NULL;
  OscarFeedbagItem self;

  while (oscar_feedbag_next_item (&list, &self, &error))
    {
      edit (&self);
      oscar_feedbag_item_clear (&self);
    }
  g_assert_true (error != NULL || im_reader_left (&list) == 0);
}

static void
whole (const ImReader *body)
{
  ImReader copy = *body;
  OscarFeedbagReply self;

  if (oscar_feedbag_decode_reply (&copy, &self, NULL))
    items (&self.items);
}

static void
status (const ImReader *body)
{
  ImReader list = *body;
  guint16 code;

  while (oscar_feedbag_next_status (&list, &code, NULL))
    ;
}

static void
rights (const ImReader *body)
{
  ImReader copy = *body;
  g_autoptr (GError) error = NULL;
  OscarFeedbagRights self;

  if (oscar_feedbag_decode_rights (&copy, &self, &error))
    g_assert_cmpuint (self.n_limits, <=, OSCAR_FEEDBAG_MAX_CLASSES);
  else
    g_assert_nonnull (error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = {
    whole, items, item, reply, stamp, status, rights, auth_request, auth_reply,
  };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
