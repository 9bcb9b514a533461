#include "msnweb-proof.h"

struct _MsnwebProof
{
  ImHost *host;
  MsnwebProofFunc func;
  gpointer user;
  ImTimer *timer;
};

MsnwebProof *
msnweb_proof_new (ImHost *host, const MsnwebConfig *config)
{
  MsnwebProof *self = g_new0 (MsnwebProof, 1);

  self->host = host;
  return self;
}

void
msnweb_proof_free (MsnwebProof *self)
{
  msnweb_proof_stop (self);
  g_free (self);
}

static void
on_timer (gpointer user)
{
  MsnwebProof *self = user;

  self->timer = NULL;
  self->func (self->user, NULL);
}

void
msnweb_proof_get (MsnwebProof *self, MsnwebProofFunc func, gpointer user)
{
  msnweb_proof_stop (self);
  self->func = func;
  self->user = user;
  self->timer = self->host->ops->timer_add (self->host, 0, on_timer, self);
}

void
msnweb_proof_renew (MsnwebProof *self, MsnwebProofFunc func, gpointer user)
{
  msnweb_proof_get (self, func, user);
}

void
msnweb_proof_stop (MsnwebProof *self)
{
  self->host->ops->timer_cancel (self->host, g_steal_pointer (&self->timer));
}

const ImSecret *
msnweb_proof_ticket (const MsnwebProof *self)
{
  return NULL;
}

const char *
msnweb_proof_uic (const MsnwebProof *self)
{
  return "dGVzdC11aWM=";
}
