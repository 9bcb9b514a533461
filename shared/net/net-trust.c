#include "net-trust.h"

#include "net-certificate.h"
#include "net-private.h"

/**
 * NetTrial:
 * @host: the name the certificate is to be for, in lower case
 * @shown: (nullable): the certificate that was refused
 * @problem: why
 * @ended: nobody cares any more
 */
struct _NetTrial
{
  guint refs;
  gboolean ended;
  NetHost *net;
  char *host;
  GTlsCertificate *shown;
  ImProblem problem;
};

/**
 * NetWait:
 * @question: (nullable): what it waits for
 * @source: (nullable): the verdict is in and about to be delivered
 * @refusal: the verdict if the answer is no, %NULL once it is yes
 */
struct _NetWait
{
  NetHost *net;
  NetQuestion *question;
  GSource *source;
  GError *refusal;
  NetVerdictFunc func;
  gpointer user;
};

/**
 * NetQuestion:
 * @waits: (of NetWait): who wants to know; never empty but while answering
 * @source: (nullable): about to be asked
 * @answering: its answer is being acted upon
 */
struct _NetQuestion
{
  NetHost *net;
  char *host;
  GTlsCertificate *certificate;
  ImProblem problem;
  GList *waits;
  GSource *source;
  gboolean answering;
};

/* What the user said of a host's certificate, for the life of a NetHost: so
 * that nobody is asked twice, and a pin that could not be stored still
 * holds. */
typedef struct
{
  GTlsCertificate *certificate;
  gboolean accepted;
} Answer;

static void
answer_free (gpointer data)
{
  Answer *answer = data;

  g_object_unref (answer->certificate);
  g_free (answer);
}

GHashTable *
net_trust_answers_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, answer_free);
}

/* --- trials ----------------------------------------------------------- */

NetTrial *
net_trial_new (NetHost *net, const char *host)
{
  NetTrial *trial = g_new0 (NetTrial, 1);

  trial->refs = 1;
  trial->net = net_host_ref (net);
  trial->host = g_ascii_strdown (host, -1);
  return trial;
}

NetTrial *
net_trial_ref (NetTrial *trial)
{
  trial->refs++;
  return trial;
}

void
net_trial_unref (NetTrial *trial)
{
  if (--trial->refs > 0)
    return;
  net_host_unref (trial->net);
  g_clear_object (&trial->shown);
  g_free (trial->host);
  g_free (trial);
}

void
net_trial_end (NetTrial *trial)
{
  trial->ended = TRUE;
  net_trial_unref (trial);
}

static NetPin
pin_of (NetTrial *trial, GTlsCertificate *certificate)
{
  NetHost *net = trial->net;
  const Answer *answer = g_hash_table_lookup (net->answers, trial->host);

  if (answer != NULL && answer->accepted)
    return g_tls_certificate_is_same (answer->certificate, certificate)
               ? NET_PIN_MATCHES
               : NET_PIN_DIFFERS;
  if (net->funcs->pin_lookup == NULL)
    return NET_PIN_NONE;
  return net->funcs->pin_lookup (net->user, certificate, trial->host);
}

gboolean
net_trial_accept (NetTrial *trial, GTlsCertificate *certificate,
                  GTlsCertificateFlags faults)
{
  NetPin pin;

  if (trial->ended || trial->net->closed)
    return FALSE;

  pin = pin_of (trial, certificate);
  if (trial->ended)
    return FALSE;
  if (pin == NET_PIN_MATCHES)
    return TRUE;
  g_set_object (&trial->shown, certificate);
  trial->problem = pin == NET_PIN_DIFFERS
                       ? IM_PROBLEM_CERT_CHANGED
                       : net_certificate_problem (certificate, faults);
  return FALSE;
}

gboolean
net_trial_refused (NetTrial *trial)
{
  return trial->shown != NULL;
}

/* For a wrong name the reader wants to know the right ones, else who says
 * that the certificate is good. */
static GError *
refusal_of (NetTrial *trial)
{
  g_autofree char *detail = trial->problem == IM_PROBLEM_CERT_NAME
                                ? net_certificate_subject (trial->shown)
                                : net_certificate_issuer (trial->shown);

  return g_error_new_literal (IM_PROBLEM, (int)trial->problem, detail);
}

/* --- questions -------------------------------------------------------- */

static void
question_free (NetQuestion *question)
{
  net_source_clear (&question->source);
  g_list_free (question->waits);
  g_object_unref (question->certificate);
  g_free (question->host);
  g_free (question);
}

static gboolean
on_ask (gpointer data)
{
  NetQuestion *question = data;
  NetHost *net = question->net;
  g_autofree char *subject = net_certificate_subject (question->certificate);
  g_autofree char *issuer = net_certificate_issuer (question->certificate);
  g_autofree char *fingerprint =
      net_certificate_fingerprint (question->certificate);
  g_autoptr (GTlsCertificate) shown = g_object_ref (question->certificate);
  g_autofree char *host = g_strdup (question->host);
  const NetCertificate certificate = {
    .certificate = shown,
    .host = host,
    .problem = question->problem,
    .subject = subject,
    .issuer = issuer,
    .fingerprint = fingerprint,
  };

  net_source_clear (&question->source);
  net->funcs->ask (net->user, question, &certificate);
  return G_SOURCE_REMOVE;
}

/* The question about @trial's host; a new one is asked from the main loop,
 * so that its answer never comes before there is a wait. */
static NetQuestion *
question_about (NetTrial *trial)
{
  NetHost *net = trial->net;
  NetQuestion *question;

  for (GList *l = net->questions; l != NULL; l = l->next)
    if (g_str_equal (((NetQuestion *)l->data)->host, trial->host))
      return l->data;

  question = g_new0 (NetQuestion, 1);
  question->net = net;
  question->host = g_strdup (trial->host);
  question->certificate = g_object_ref (trial->shown);
  question->problem = trial->problem;
  question->source = net_source_later (0, on_ask, question);
  net->questions = g_list_prepend (net->questions, question);
  return question;
}

/* Nobody can vouch for a certificate that was taken back or swapped, and one
 * answer per host is enough. */
static gboolean
may_ask (NetTrial *trial)
{
  return trial->net->funcs->ask != NULL &&
         trial->problem != IM_PROBLEM_CERT_CHANGED &&
         trial->problem != IM_PROBLEM_CERT_REVOKED &&
         !g_hash_table_contains (trial->net->answers, trial->host);
}

/* --- waits ------------------------------------------------------------ */

static void
wait_free (NetWait *wait)
{
  net_source_clear (&wait->source);
  g_clear_error (&wait->refusal);
  net_host_unref (wait->net);
  g_free (wait);
}

static gboolean
on_deliver (gpointer data)
{
  NetWait *wait = data;
  NetVerdictFunc func = wait->func;
  gpointer user = wait->user;
  g_autoptr (GError) refusal = g_steal_pointer (&wait->refusal);

  wait_free (wait);
  func (user, refusal);
  return G_SOURCE_REMOVE;
}

static void
decide (NetWait *wait, gboolean accepted)
{
  wait->question = NULL;
  if (accepted)
    g_clear_error (&wait->refusal);
  wait->source = net_source_later (0, on_deliver, wait);
}

NetWait *
net_trust_judge (NetTrial *trial, NetVerdictFunc func, gpointer user)
{
  NetWait *wait = g_new0 (NetWait, 1);

  wait->net = net_host_ref (trial->net);
  wait->func = func;
  wait->user = user;
  wait->refusal = refusal_of (trial);
  im_host_debug (&trial->net->base, "certificate of %s: problem %d (%s)",
                 trial->host, (int)trial->problem, wait->refusal->message);
  if (may_ask (trial))
    {
      wait->question = question_about (trial);
      wait->question->waits = g_list_append (wait->question->waits, wait);
      return wait;
    }
  /* Accepted while this one was still shaking hands. */
  decide (wait, trial->problem != IM_PROBLEM_CERT_CHANGED &&
                    pin_of (trial, trial->shown) == NET_PIN_MATCHES);
  return wait;
}

void
net_trust_withdraw (NetWait *wait)
{
  NetQuestion *question = wait->question;
  NetHost *net = wait->net;

  if (question != NULL)
    {
      question->waits = g_list_remove (question->waits, wait);
      if (question->waits == NULL && !question->answering)
        {
          gboolean asked = question->source == NULL;

          net->questions = g_list_remove (net->questions, question);
          if (asked && net->funcs->ask_withdrawn != NULL)
            net->funcs->ask_withdrawn (net->user, question);
          question_free (question);
        }
    }
  wait_free (wait);
}

static void
remember (NetQuestion *question, gboolean accepted)
{
  Answer *answer = g_new (Answer, 1);

  answer->certificate = g_object_ref (question->certificate);
  answer->accepted = accepted;
  g_hash_table_replace (question->net->answers, g_strdup (question->host),
                        answer);
}

void
net_question_answer (NetQuestion *question, gboolean accept)
{
  g_autoptr (NetHost) net = net_host_ref (question->net);

  net->questions = g_list_remove (net->questions, question);
  question->answering = TRUE;
  im_host_debug (&net->base, "certificate of %s: %s by the user",
                 question->host, accept ? "accepted" : "refused");
  remember (question, accept);
  if (accept && net->funcs->pin_store != NULL)
    net->funcs->pin_store (net->user, question->certificate, question->host);

  while (question->waits != NULL)
    {
      NetWait *wait = question->waits->data;

      question->waits = g_list_delete_link (question->waits, question->waits);
      decide (wait, accept);
    }
  question_free (question);
}
