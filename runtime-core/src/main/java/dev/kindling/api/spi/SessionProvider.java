package dev.kindling.api.spi;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;

/** An engine, found by {@code ServiceLoader}: opens one session for each context. Safe for many threads. */
public interface SessionProvider {
    /**
     * Checks the configuration, starts driver and executors as the master says, and answers when jobs can be run.
     *
     * @param conf a copy of the user's settings that nobody changes any more; master and name may be missing
     * @param context what the session's sets answer to {@code context()}; not yet usable while this method runs
     */
    Session open(KindlingConf conf, KindlingContext context);
}
