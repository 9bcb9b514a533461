#include "net-error.h"

#include <libsoup/soup.h>
#include <string.h>

gboolean
net_error_is_would_block (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}

/* GIO words its errors "Could not connect to HOST: reason". The caller knows
 * the host and words its own sentence, so only the reason is kept. */
static const char *
reason_of (const GError *error)
{
  const char *colon = g_strrstr (error->message, ": ");

  return colon != NULL && colon[2] != '\0' ? colon + 2 : error->message;
}

static ImProblem
map_io_connect (const GError *error)
{
  switch (error->code)
    {
    case G_IO_ERROR_CONNECTION_REFUSED:
      return IM_PROBLEM_CONNECT_REFUSED;
    case G_IO_ERROR_TIMED_OUT:
      return IM_PROBLEM_TIMED_OUT;
    case G_IO_ERROR_PROXY_FAILED:
    case G_IO_ERROR_PROXY_AUTH_FAILED:
    case G_IO_ERROR_PROXY_NEED_AUTH:
    case G_IO_ERROR_PROXY_NOT_ALLOWED:
      return IM_PROBLEM_PROXY;
    case G_IO_ERROR_NOT_FOUND:
    case G_IO_ERROR_INVALID_ARGUMENT:
      return IM_PROBLEM_HOST_NOT_FOUND;
    default:
      return IM_PROBLEM_UNREACHABLE;
    }
}

static ImProblem
map_connect (const GError *error)
{
  if (error->domain == G_RESOLVER_ERROR)
    return IM_PROBLEM_HOST_NOT_FOUND;
  if (error->domain == G_IO_ERROR)
    return map_io_connect (error);
  return IM_PROBLEM_UNREACHABLE;
}

/* What a proxy says of the peer counts; anything else is its own trouble. */
static ImProblem
map_negotiate (const GError *error)
{
  ImProblem problem = map_connect (error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
    return IM_PROBLEM_UNREACHABLE;
  return problem != IM_PROBLEM_UNREACHABLE ? problem : IM_PROBLEM_PROXY;
}

static ImProblem
map_handshake (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return IM_PROBLEM_TIMED_OUT;
  return IM_PROBLEM_TLS_HANDSHAKE;
}

static ImProblem
map_open (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return IM_PROBLEM_TIMED_OUT;
  if (error->domain == SOUP_SESSION_ERROR)
    return IM_PROBLEM_PROTOCOL;
  return IM_PROBLEM_LOST;
}

static ImProblem
map (NetPhase phase, const GError *error)
{
  /* Says the same wherever it comes from; libsoup knows no phases. */
  if (error->domain == G_TLS_ERROR && phase != NET_PHASE_OPEN)
    return IM_PROBLEM_TLS_HANDSHAKE;

  switch (phase)
    {
    case NET_PHASE_PROXY:
      return IM_PROBLEM_PROXY;
    case NET_PHASE_NEGOTIATE:
      return map_negotiate (error);
    case NET_PHASE_CONNECT:
      return map_connect (error);
    case NET_PHASE_HANDSHAKE:
      return map_handshake (error);
    case NET_PHASE_OPEN:
      return map_open (error);
    }
  return IM_PROBLEM_OTHER;
}

GError *
net_error_map (NetPhase phase, const GError *error)
{
  g_autofree char *detail = g_utf8_make_valid (reason_of (error), -1);

  return g_error_new_literal (IM_PROBLEM, map (phase, error), detail);
}
