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
    CORRUPT_OUTPUT_TAKEN,
    /** A registration that is not answered is not sent again. */
    REGISTRATION_NOT_REPEATED,
    /** An executor lives on without its driver. */
    DRIVER_SILENCE_IGNORED,
    /** A running attempt is not cancelled. */
    CANCELLATION_IGNORED,
    /** A cancellation that comes before its launch is forgotten. */
    EARLY_CANCELLATION_FORGOTTEN,
    /** An attempt that ignores its interrupt is not reported. */
    STUCK_NOT_REPORTED,
    /** With a stage it is forgotten which of its attempts have run, though the driver does not know their outcomes. */
    OUTCOMES_FORGOTTEN_WITH_STAGE,
    /** An attempt runs although the program of its stage, which holds the bounds of its sort, is not there. */
    RUN_WITHOUT_PROGRAM,
    /** A heartbeat names what runs only, not what has ended and is not acknowledged. */
    ENDED_ATTEMPTS_NOT_NAMED,
    /** More is granted than there is. */
    GRANT_BEYOND_POOL,
    /** A peer that does not answer is waited for. */
    FETCH_TIMEOUT_IGNORED,
    /** A peer that refuses a connection, or does not end its handshake, is not asked again. */
    REFUSED_CONNECTION_TAKEN_FOR_LOSS,
    /** A peer that brings nothing is asked again without end. */
    FETCH_TRIES_UNBOUNDED,
    /** The answer to a request that was given up is taken for that to the present one. */
    LATE_ANSWER_TAKEN;

    static final Set<PlantedBug> NONE = EnumSet.noneOf(PlantedBug.class);
}
