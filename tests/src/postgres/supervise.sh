# Runs one PostgreSQL server for as long as somebody uses it, then stops it and removes every trace of it.
#
# Arguments: the directory that holds it all, the folder of the programs, the port, and what `initdb` is told.
# Standard input is a FIFO that each user holds open for writing. It ends when the last of them is gone, however they
# went. Whoever joins writes a letter into it, and may join while the file `door` exists.

dir=$1 bin=$2 port=$3
shift 3
trap '' HUP INT TERM

{
    "$bin/initdb" -D "$dir/data" -U postgres -A trust -N -E UTF8 --no-instructions --lc-messages=C "$@" &&
        "$bin/postgres" -D "$dir/data" -p "$port" -c listen_addresses=127.0.0.1 -c "unix_socket_directories=$dir" \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c autovacuum=off -c jit=off \
            -c shared_buffers=128MB -c max_connections=200
    rm -f "$dir/door"
    touch "$dir/stopped"
} >"$dir/log" 2>&1 </dev/null &
server=$!

# Test programs of one run follow each other closely: the server waits a second for the next.
cat >/dev/null
while sleep 1 && [ -n "$(cat)" ]; do :; done

# From here on nobody joins; who came in at the last moment is waited for.
rm -f "$dir/door"
cat >/dev/null

# The server may still be starting, and then misses a signal: it is told until it is gone.
while kill -0 "$server" 2>/dev/null; do
    kill -INT "$(head -n 1 "$dir/data/postmaster.pid" 2>/dev/null)" 2>/dev/null
    sleep 0.05
done
# The data may lie elsewhere, behind a link.
rm -rf "$(readlink "$dir/data")" "$dir"
