#pragma once

/* What the files of the sign-on share, which is drawn in msnp-ladder.c:
 *
 *   msnp-ladder.c  the steps in their order, and what a refusal leads to
 *   msnp-proof.c   the ticket or digest that answers a challenge
 *   msnp-reach.c   the link: where it goes, and what if it ends
 *   msnp-home.c    what is kept for the next sign-on */

#include "msnp-session-private.h"

struct _MsnpLadder
{
  MsnpServer here;     /* where the link goes */
  MsnpServer home;     /* where the last sign-on ended; no host if unknown */
  char *saved;         /* (nullable): what the host keeps for us */
  char *args;          /* (nullable): what TWN tickets are for */
  guint guess;         /* the version USR is written for before it is known */
  guint skip;          /* how many of @automatic were refused */
  guint redirects;
  gboolean careful;
  gboolean at_home;    /* @here is @home, unconfirmed */
  gboolean sent_away;  /* @here was named by a server */
  gboolean restarted;  /* tried again in steps, once */
  gboolean renewed;    /* tried again with a new ticket, once */
  gboolean accepted;   /* USR OK came */
  gboolean piped;      /* what follows USR OK was sent with the proof */
  gboolean lists_done;
  gboolean announced;
  char *challenge;     /* (nullable): of USR S */
  char *nonce;         /* (nullable) */
  ImTimer *step_timer;
  ImTimer *signon_timer;
};

/* msnp-ladder.c */

/** Ends the session with what went wrong at the server it is at. */
void msnp_ladder_fail (MsnpSession *session, ImProblem problem, guint code,
                       const char *detail);
/** The same for something that is no MSNP; @error may be %NULL. */
void msnp_ladder_fail_protocol (MsnpSession *session, const GError *error);
/** Waits for the next answer, at most @seconds; 0 is for ever. */
void msnp_ladder_step (MsnpSession *session, MsnpState state, guint seconds);
/** Starts the clock of the whole sign-on. */
void msnp_ladder_start_clock (MsnpSession *session);
/** Whether each step waits for the answer to the one before. */
gboolean msnp_ladder_is_careful (const MsnpSession *session);
/** Whether @command (nullable) is an answer to go on with. A refusal is
 * handled here; that the link ended is handled where it ends. */
gboolean msnp_ladder_came (MsnpSession *session, const MsnpCommand *command);
/** The version that will most likely be spoken. */
guint msnp_ladder_guess_version (const MsnpSession *session);
/** Begins again, in steps; %FALSE if that was tried already. */
gboolean msnp_ladder_try_in_steps (MsnpSession *session);
/** Begins again with fewer versions, or fails. */
void msnp_ladder_step_down (MsnpSession *session);
void msnp_ladder_forget_challenge (MsnpLadder *ladder);

/* msnp-proof.c */

/** USR named a challenge, which is taken from @user. */
void msnp_ladder_challenged (MsnpSession *session, MsnpUser *user);

/* msnp-reach.c */

/** Opens a link to where the ladder is, and begins at its foot. */
void msnp_ladder_begin (MsnpSession *session);

/* msnp-home.c */

void msnp_ladder_load_home (MsnpSession *session, GBytes *home);
/** Tickets of Passport 1.4 were for @args. */
void msnp_ladder_remember_args (MsnpSession *session, const char *args);
/** Returns: (transfer none) (nullable): what tickets for @version will be
 * for, if they can be asked for ahead */
const char *msnp_ladder_predict_policy (const MsnpSession *session,
                                        guint version);
/** Goes to the server of the settings ... */
void msnp_ladder_go_to_settings (MsnpSession *session);
/** ... or to where the last sign-on ended. */
void msnp_ladder_choose_server (MsnpSession *session);
