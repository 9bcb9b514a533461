/* What commands say about people: names that are shown are tidy, and failure
 * has a reason. The first byte is the protocol's version, a server's stream
 * follows. */

#include "fuzz.h"
#include "msnp-lists.h"
#include "msnp-presence.h"

/* By address: which argument of a call is computed first is not said. */
static void
check (gboolean fine, GError *const *error)
{
  g_assert_true (fine == (*error == NULL));
}

static void
check_text (const char *text)
{
  if (text != NULL)
    fuzz_assert_tidy (text);
}

static void
read_presence (const MsnpCommand *command, guint version)
{
  g_auto (MsnpPresence) presence = { { NULL } };
  g_auto (MsnpPresence) member = { { NULL } };
  g_autoptr (GError) error = NULL;

  check (msnp_presence_decode (command, version, &presence, &error), &error);
  check_text (presence.nick);
  check_text (presence.handle.address);
  msnp_presence_decode_member (command, version, &member, NULL);
  check_text (member.nick);
}

static void
read_list (const MsnpCommand *command, guint version)
{
  g_auto (MsnpContact) contact = { { NULL } };
  g_auto (MsnpContact) edited = { { NULL } };
  g_auto (MsnpGroup) group = { NULL };
  g_auto (MsnpGroup) changed = { NULL };
  g_auto (MsnpProperty) property = { NULL };
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;
  MsnpCount count;
  MsnpSync sync;

  check (msnp_lists_decode_contact (command, version, &contact, &count, &error),
         &error);
  check_text (contact.nick);
  g_clear_error (&error);
  check (msnp_lists_decode_edit (command, version, &edited, &error), &error);
  check_text (edited.nick);
  msnp_lists_decode_group (command, version, &group, &count, NULL);
  check_text (group.name);
  msnp_lists_decode_group_edit (command, version, &changed, NULL);
  check_text (changed.name);
  msnp_lists_decode_property (command, &property, &address, NULL);
  check_text (property.value);
  msnp_lists_decode_sync (command, version, &sync, NULL);
}

static void
read_payload (const ImReader *payload)
{
  g_autoptr (GArray) members = NULL;
  g_auto (MsnpExtra) extra = { NULL };
  g_autoptr (GError) error = NULL;

  msnp_extra_decode (payload, &extra);
  check_text (extra.message);
  check_text (extra.media);
  check (msnp_lists_decode_xml (payload, &members, &error), &error);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_auto (MsnpFramer) framer = { 0 };
  MsnpCommand command;

  if (size == 0)
    return 0;
  msnp_framer_init (&framer, MSNP_FROM_SERVER);
  if (msnp_push (&framer, data + 1, size - 1, NULL))
    while (msnp_next (&framer, &command, NULL) == MSNP_GOT)
      {
        read_presence (&command, data[0] % 20);
        read_list (&command, data[0] % 20);
        if (command.has_payload)
          read_payload (&command.payload);
      }
  return 0;
}
