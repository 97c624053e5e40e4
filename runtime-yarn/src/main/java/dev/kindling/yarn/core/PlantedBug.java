package dev.kindling.yarn.core;

/** Defects that tests switch on, to see that the simulation finds them. */
enum PlantedBug {
    /** More containers are used than are wanted. */
    SURPLUS_KEPT,
    /** A container that is not wanted is not given back. */
    SURPLUS_FORGOTTEN,
    /** A container on a node that was excluded becomes an executor. */
    EXCLUDED_NODE_USED,
    /** An executor that never registers is waited for for ever. */
    LAUNCH_DEADLINE_FORGOTTEN,
    /** An executor that the driver gave up keeps its container. */
    CONTAINER_LEAKED,
    /** The driver does not hear that an executor has ended. */
    END_NOT_TOLD,
    /** An executor that ended is still counted as wanted, and replaced besides. */
    WANTED_NOT_LOWERED,
    /** A replacement that is asked for twice is made twice. */
    REPLACED_TWICE,
    /** Nodes stay excluded though no other gives anything. */
    STARVED_BY_EXCLUSION,
    /** What the cluster takes back counts as a failure. */
    PREEMPTION_IS_A_FAILURE,
    /** When fewer are wanted, executors that are there count as cancelled. */
    FEWER_THAN_BEGUN,
    /** Executors of a node that is being decommissioned are not told to leave. */
    DECOMMISSION_NOT_TOLD,
    /** A node whose machine is taken back gets new executors. */
    TAKEN_BACK_NODE_USED,
    /** An executor that is leaving still counts as one of those that are wanted. */
    LEAVING_STILL_COUNTED,
    /** The end of an executor that was leaving lowers what is wanted once more. */
    LEAVING_LOWERED_TWICE,
    /** Each repetition of a preemption message takes another executor. */
    PREEMPTION_ANSWERED_AGAIN,
    /** An executor that starts on a node that is being decommissioned is left to be killed there. */
    STARTING_LEFT_BEHIND,
    /** A container of an earlier attempt is neither taken over nor given back. */
    KEPT_FORGOTTEN,
    /** A container that is told of once more becomes another executor. */
    KEPT_TAKEN_TWICE,
    /** Containers are asked for on nodes that get none. */
    NEAR_EXCLUDED_NODE,
    /** Containers are asked for near the input until there is room. */
    NEAR_FOR_EVER,
    /** Where the input lies makes no difference. */
    INPUT_IGNORED,
    /** No container is asked for until it is known where input lies. */
    INPUT_AWAITED_FOR_EVER,
    /** A container of the base becomes an elastic executor, and the other way round. */
    KINDS_MIXED,
    /** Elastic executors are taken for executors of the base. */
    ELASTIC_COUNTED_AS_BASE
}
