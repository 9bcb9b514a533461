/* Answers of MSN's web gateway: each command means something, or there is a
 * reason why not; what is shown is tidy, and addresses are ones of ours. The
 * input is one body of HTTP. */

#include <string.h>

#include "fuzz.h"
#include "msnweb-address.h"
#include "msnweb-connect.h"
#include "msnweb-error.h"
#include "msnweb-history.h"
#include "msnweb-layers.h"
#include "msnweb-thread.h"
#include "msnweb-user.h"

#define NOW 1412227800

static void
check (gboolean fine, GError **error)
{
  g_assert_true (fine == (*error == NULL));
  g_clear_error (error);
}

static void
check_text (const char *text)
{
  if (text != NULL)
    fuzz_assert_tidy (text);
}

/* An address is its own normal form. */
static void
check_address (const char *address)
{
  g_autofree char *again = msnweb_address_bare (address);

  if (address != NULL)
    g_assert_cmpstr (again, ==, address);
}

static void
check_message (const MsnwebMessage *message)
{
  g_autoptr (GError) error = NULL;
  g_auto (MsnwebActivity) activity = { 0 };

  check_address (message->from);
  check_address (message->to);
  check_address (message->thread);
  check_text (message->name);
  if (message->text != NULL)
    check_text (im_text_plain (message->text));
  g_assert_cmpint (message->time, <=, NOW);
  if (message->kind != MSNWEB_MESSAGE_ACTIVITY)
    return;
  check (msnweb_activity_decode (message, &activity, &error), &error);
  check_address (activity.initiator);
  check_text (activity.topic);
}

static void
read_connect (const MsnwebCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_auto (MsnwebBound) bound = { 0 };
  g_auto (MsnwebElsewhere) elsewhere = { 0 };
  g_auto (MsnwebGoodbye) goodbye = { 0 };
  g_autofree char *words = msnweb_command_words (command);
  guint wait;

  check (msnweb_connect_decode_bound (command, &bound, &error), &error);
  check (msnweb_connect_decode_elsewhere (command, &elsewhere, &error), &error);
  if (msnweb_connect_decode_ping (command, &wait))
    g_assert_cmpuint (wait, <=, 86400);
  msnweb_error_decode_goodbye (command, &goodbye);
  check_text (goodbye.words);
  check_text (words);
  g_assert_nonnull (msnweb_error_find (command->error_code));
}

static void
read_people (const MsnwebCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_auto (MsnwebUser) user = { 0 };
  g_auto (MsnwebUser) own = { 0 };
  g_auto (MsnwebMessage) message = { 0 };

  check (msnweb_user_decode (command, &user, &error), &error);
  check_address (user.who);
  check_text (user.nick);
  check_text (user.message);
  check (msnweb_user_decode_published (command, &own, &error), &error);
  if (msnweb_message_decode (command, NOW, &message, &error))
    check_message (&message);
  else
    check (FALSE, &error);
}

static void
read_thread (const MsnwebCommand *command)
{
  g_autoptr (GError) error = NULL;
  g_auto (MsnwebThread) thread = { 0 };
  g_auto (MsnwebConversation) one = { 0 };
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GPtrArray) recent = NULL;

  check (msnweb_thread_decode (command, &thread, &error), &error);
  check_address (thread.id);
  check_text (thread.topic);
  all = msnweb_thread_decode_all (command, &error);
  check (all != NULL, &error);
  check (
      msnweb_history_decode_conversation (command, "8:me", NOW, &one, &error),
      &error);
  recent = msnweb_history_decode_recent (command, "8:me", NOW, &error);
  check (recent != NULL, &error);
  for (guint i = 0; recent != NULL && i < recent->len; i++)
    {
      const MsnwebConversation *conversation = recent->pdata[i];

      for (guint k = 0; k < conversation->messages->len; k++)
        check_message (conversation->messages->pdata[k]);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  ImReader reader;

  im_reader_init (&reader, data, size);
  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_auto (MsnwebCommand) command = { 0 };
      MsnwebFrameResult result = msnweb_frame_next (&reader, &command, &error);

      g_assert_true ((result == MSNWEB_FRAME_FAILED) == (error != NULL));
      if (result != MSNWEB_FRAME_GOT)
        return 0;
      read_connect (&command);
      read_people (&command);
      read_thread (&command);
    }
}
