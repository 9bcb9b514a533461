/* Sign-on: challenge, the answers of authorizers, and what a server reads. */

#include "fuzz.h"
#include "oscar-bucp.h"
#include "oscar-flap-signon.h"

FUZZ_ROUND_TRIP (challenge, OscarBucpChallenge, oscar_bucp_decode_challenge,
                 oscar_bucp_encode_challenge, fuzz_owns_nothing)
FUZZ_ROUND_TRIP (login, OscarBucpLogin, oscar_bucp_decode_login,
                 oscar_bucp_encode_login, oscar_bucp_login_clear)
FUZZ_ROUND_TRIP (reply, OscarLoginReply, oscar_bucp_decode_login_reply,
                 oscar_bucp_encode_login_reply, oscar_login_reply_clear)
FUZZ_ROUND_TRIP (signon, OscarFlapSignon, oscar_flap_decode_signon,
                 oscar_flap_encode_signon, oscar_flap_signon_clear)

static void
texts (const ImReader *body)
{
  ImReader one = *body;
  ImReader two = *body;
  g_autofree char *name = NULL;
  g_autofree char *code = NULL;

  if (oscar_bucp_decode_challenge_request (&one, &name, NULL))
    fuzz_assert_tidy (name);
  if (oscar_bucp_decode_securid_reply (&two, &code, NULL))
    fuzz_assert_tidy (code);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const FuzzCase cases[] = { reply, challenge, login, signon, texts };

  fuzz_dispatch (cases, G_N_ELEMENTS (cases), data, size);
  return 0;
}
