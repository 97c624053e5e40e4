package dev.kindling.driver.core;

import java.util.EnumSet;
import java.util.Set;

/**
 * Defects that the simulation must find: each switches off one guard of the core. Only tests can plant them; in
 * production the set is {@link #NONE}.
 */
enum PlantedBug {
    /** An outcome is never acknowledged. */
    OUTCOME_NOT_ACKNOWLEDGED,
    /** Messages of an executor's earlier process are taken for those of its present one. */
    INCARNATION_NOT_COMPARED,
    /** An outcome that comes twice counts twice. */
    SECOND_OUTCOME_COUNTED,
    /** The loss of an executor counts as a failure of the tasks that ran there. */
    LOSS_CHARGED_TO_TASK,
    /** A lost executor's map outputs stay in the table. */
    OUTPUTS_NOT_DROPPED,
    /** A fetch failure drops whatever attempt's output is registered. */
    FETCH_FAILURE_ATTEMPT_NOT_COMPARED,
    /** A lost launch is never sent again. */
    LAUNCH_NOT_REPEATED,
    /** A request for a stage's program is not answered. */
    PROGRAM_NOT_REPEATED,
    /** A silent executor is never declared lost. */
    SILENCE_IGNORED,
    /** A lost executor's attempts are not put back. */
    ATTEMPTS_NOT_REQUEUED,
    /** A slot is not given back when its attempt fails. */
    SLOT_LEAKED_ON_FAILURE,
    /** The output of an attempt that lost against another is not discarded. */
    SUPERSEDED_OUTPUT_KEPT,
    /** A lost executor is not replaced. */
    EXECUTOR_NOT_REPLACED,
    /** A job is complete although a stored result of it has not been fetched. */
    COMPLETE_BEFORE_FETCHED,
    /** A rebuilt map output does not wake the stage that waits for it. */
    CONSUMER_NOT_WOKEN,
    /** A map output that was rebuilt with other rows is taken for the earlier one. */
    DIGEST_NOT_COMPARED,
    /** The end of a process is charged to every task that ran in it. */
    NEIGHBOURS_CHARGED,
    /** Jobs of which nothing moves are never given up. */
    STALL_IGNORED,
    /** A full disk counts as a failure of the task that could not write. */
    FULL_DISK_CHARGED,
    /** An executor with an attempt that ignores its cancellation stays. */
    STUCK_EXECUTOR_NOT_REPLACED,
    /** A pool goes on to count the slots of attempts that are not wanted any more, after their end. */
    SHARE_NOT_RELEASED,
    /** The task of an attempt that was cancelled, because nobody wants its result, is put in line again. */
    CANCELLED_ATTEMPT_RELAUNCHED,
    /** A job may bring whatever its tasks answer. */
    RESULT_SIZE_IGNORED,
    /** What an attempt added to accumulators counts again when its outcome comes a second time. */
    UPDATES_OF_SECOND_OUTCOME_COUNTED,
    /** Every attempt that is accepted counts, also for a partition that was computed before. */
    UPDATES_OF_REBUILT_OUTPUT_COUNTED,
    /** A partition of a persisted set counts each time it is computed, also when it was evicted meanwhile. */
    CACHE_UPDATES_COUNTED_AGAIN,
    /** The order to forget a broadcast value is sent once and not again. */
    BROADCAST_DROP_NOT_REPEATED,
    /** The cached blocks of a lost executor stay in the table. */
    CACHE_HOLDER_NOT_DROPPED,
    /** A cached block of an earlier epoch is taken for one of the present one. */
    CACHE_EPOCH_NOT_COMPARED,
    /** An order to drop what is no longer persisted is given once and not again. */
    CACHE_DROP_NOT_REPEATED,
    /** Cached blocks made from a map output that was rebuilt with other rows stay. */
    CACHE_NOT_TAKEN_BACK,
    /** The tasks of a group that ended early, or failed, are not put back. */
    REST_OF_GROUP_FORGOTTEN,
    /** What was done of a group before one of its tasks failed counts in accumulators, and is computed again. */
    DONE_OF_FAILED_GROUP_AGAIN,
    /** Groups are formed before the sizes of all map outputs are known. */
    GROUPS_OF_INCOMPLETE_INPUT;

    static final Set<PlantedBug> NONE = EnumSet.noneOf(PlantedBug.class);
}
