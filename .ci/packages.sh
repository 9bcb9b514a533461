# What this project needs from Debian, in one place. Sourced by ./run and
# ./test: need GROUP... installs what is missing of these groups, and calls no
# package manager when nothing is.

packages_build="gcc libc6-dev meson ninja-build pkg-config gettext
  libglib2.0-dev libsoup-3.0-dev libssl-dev libjson-glib-dev libxml2-dev
  libpurple-dev glib-networking"
packages_python="python3-minimal python3"
packages_demo="$packages_python dbus-daemon prosody openssl"
packages_pidgin="pidgin"
packages_finch="finch"
packages_bitlbee="bitlbee-libpurple irssi"
packages_test="$packages_python pidgin finch tmux bitlbee-libpurple xvfb
  dbus-daemon libglib2.0-bin imagemagick xdotool openssl prosody
  fonts-dejavu-core fonts-wqy-microhei fonts-noto-color-emoji
  appstream librsvg2-bin"

say ()
{
  printf '\033[1m==> %s\033[0m\n' "$*"
}

# The packages of the named groups that are not installed, one a line.
missing_packages ()
{
  local group list package
  for group in "$@"; do
    list=packages_$group
    for package in ${!list}; do
      [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" \
        = installed ] || echo "$package"
    done
  done | sort -u
}

need ()
{
  local missing as_root=()

  if ! command -v dpkg-query >/dev/null; then
    say "Not a Debian system: the packages are listed in .ci/packages.sh"
    return 0
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "Please install as root:" $missing >&2
      return 1
    fi
    as_root=(sudo)
  fi
  say "Installing" $missing
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q update
  # bitlbee-libpurple takes the place of a bitlbee without libpurple.
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -q -y --no-install-recommends install $missing
}
