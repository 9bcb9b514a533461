#include "net-body.h"

#define NET_TYPE_BODY (net_body_get_type ())
G_DECLARE_FINAL_TYPE (NetBody, net_body, NET, BODY, GInputStream)

struct _NetBody
{
  GInputStream parent;
  NetBodyFunc func;
  gpointer user;
  GDestroyNotify destroy;
};

G_DEFINE_TYPE (NetBody, net_body, G_TYPE_INPUT_STREAM)

static gssize
body_read (GInputStream *stream, void *buffer, gsize count,
           GCancellable *cancel, GError **error)
{
  NetBody *body = NET_BODY (stream);
  gssize got;

  if (g_cancellable_set_error_if_cancelled (cancel, error))
    return -1;
  got = body->func (body->user, buffer, count);
  if (got < 0)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "what is to be sent cannot be read");
  return got;
}

static void
body_read_async (GInputStream *stream, void *buffer, gsize count, int priority,
                 GCancellable *cancel, GAsyncReadyCallback callback,
                 gpointer data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancel, callback, data);
  GError *error = NULL;
  gssize got = body_read (stream, buffer, count, cancel, &error);

  g_task_set_priority (task, priority);
  if (got < 0)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, got);
}

static gssize
body_read_finish (GInputStream *stream, GAsyncResult *result, GError **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
net_body_finalize (GObject *object)
{
  NetBody *body = NET_BODY (object);

  body->destroy (body->user);
  G_OBJECT_CLASS (net_body_parent_class)->finalize (object);
}

static void
net_body_class_init (NetBodyClass *class)
{
  GInputStreamClass *streams = G_INPUT_STREAM_CLASS (class);

  G_OBJECT_CLASS (class)->finalize = net_body_finalize;
  streams->read_fn = body_read;
  streams->read_async = body_read_async;
  streams->read_finish = body_read_finish;
}

static void
net_body_init (NetBody *body)
{
}

GInputStream *
net_body_new (NetBodyFunc func, gpointer user, GDestroyNotify destroy)
{
  NetBody *body = g_object_new (NET_TYPE_BODY, NULL);

  body->func = func;
  body->user = user;
  body->destroy = destroy;
  return G_INPUT_STREAM (body);
}
