package dev.kindling.executor.core;

import java.util.EnumSet;
import java.util.Set;

/** Defects of an executor that the simulation must find. Only tests can plant them; in production: {@link #NONE}. */
enum PlantedBug {
    /** An outcome is sent once and not again. */
    OUTCOME_NOT_REPEATED,
    /** A launch that comes twice runs twice. */
    SECOND_LAUNCH_RUN,
    /** A lost program is asked for once and not again. */
    PROGRAM_ASKED_ONCE,
    /** One heartbeat is sent and no more: an idle executor is silent. */
    HEARTBEAT_NOT_REPEATED,
    /** A refused executor goes on. */
    REFUSAL_IGNORED,
    /** A change of cached blocks is told once and not again. */
    CACHE_CHANGES_NOT_REPEATED,
    /** That a cached block is gone is not told. */
    CACHE_LOSS_NOT_TOLD,
    /** What an attempt held is not given back when it ends. */
    GRANT_LEAKED,
    /** A map output that fails its checksum counts as read. */
    CORRUPT_OUTPUT_TAKEN;

    static final Set<PlantedBug> NONE = EnumSet.noneOf(PlantedBug.class);
}
