package dev.kindling.driver.core;

import java.util.Collections;
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
    /** An executor that is to leave gets new tasks all the same. */
    TASK_PLACED_ON_DRAINING,
    /** A map output is looked for at its copy before that has arrived. */
    OUTPUT_MOVED_BEFORE_IT_ARRIVED,
    /** An executor that is to leave goes before its map outputs have been moved. */
    DRAINED_WITH_OUTPUTS_LEFT,
    /** A map output that cannot be copied keeps its executor, which is to leave, until the deadline. */
    UNREADABLE_OUTPUT_AWAITED,
    /** A copy of a map output that nobody wants any more is kept. */
    UNWANTED_COPY_KEPT,
    /** Who could not read a map output at its former holder speaks against the copy as well. */
    FETCH_FAILURE_HOLDER_NOT_COMPARED,
    /** Executors that were asked for and are not there yet are asked for again. */
    ASKED_EXECUTORS_NOT_COUNTED,
    /** Executors that nobody needs never leave. */
    IDLE_EXECUTOR_KEPT,
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
    /** A job fails for disks that are full of what its program has let go of. */
    GARBAGE_NOT_COLLECTED,
    /** A disk that was found full before files were deleted is still taken for full. */
    EARLIER_FULL_DISK_COUNTED,
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
    /** A cached block is read and copied before what its functions added to accumulators has come. */
    CACHE_BELIEVED_BEFORE_COUNTED,
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
    GROUPS_OF_INCOMPLETE_INPUT,
    /** Many tasks of a stage are launched together before any was seen to be quick. */
    QUICKNESS_ASSUMED,
    /** What an executor tells late of a cached block is taken for the present. */
    CACHE_VERSION_NOT_COMPARED,
    /** A copy of a cached block that could not be read is believed in as before. */
    CACHE_MISS_IGNORED,
    /** A stage that misses cached blocks again and again goes on to read them. */
    CACHE_NEVER_DISTRUSTED,
    /** Whoever registers is registered, whatever launch it came from. */
    NONCE_NOT_COMPARED,
    /** A process that was declared lost is registered when its registration comes late. */
    FENCED_REGISTRATION_ACCEPTED,
    /** A process that was declared lost is not told so. */
    ZOMBIE_NOT_REFUSED,
    /** An executor is replaced once for its connection and once more for its exit. */
    EXIT_REPLACED_AGAIN,
    /** Executors count as silent while the driver itself stood still. */
    OWN_PAUSE_TAKEN_FOR_SILENCE,
    /** A killed process counts as one that its tasks have ended. */
    KILL_TAKEN_FOR_OWN_END,
    /** A suspect is run beside other tasks. */
    SUSPECT_NOT_ALONE,
    /** A suspect waits for an empty executor however long others fill every slot. */
    SUSPECT_STARVED,
    /** Executors are not told that the application has ended. */
    SHUTDOWN_NOT_SENT,
    /** A task that gets its result is no movement. */
    MOVEMENT_NOT_SEEN,
    /** An executor that uses its processor is no movement. */
    BUSY_EXECUTOR_NOT_SEEN,
    /** An attempt that a heartbeat names and nobody waits for is left to run. */
    UNKNOWN_ATTEMPT_NOT_CANCELLED,
    /** The outcome of an earlier attempt of a task is taken for that of the present one. */
    OUTCOME_ATTEMPT_NOT_COMPARED,
    /** The result of an attempt that is not wanted any more, its job ended or its input changed, is accepted. */
    UNWANTED_RESULT_ACCEPTED,
    /** Updates of accumulators are merged after the result that may complete the job. */
    UPDATES_AFTER_RESULT,
    /** All attempts of a task have the same number. */
    ATTEMPT_NUMBER_REUSED,
    /** A job goes on although a result of it was made from rows that came back otherwise. */
    GIVEN_AWAY_RESULT_KEPT,
    /** Attempts that read rows which came back otherwise go on. */
    ATTEMPTS_NOT_BEGUN_ANEW,
    /** Map outputs made from rows that came back otherwise stay. */
    OUTPUTS_OF_OTHER_ROWS_KEPT,
    /** A saving job is complete before its output is. */
    COMPLETE_BEFORE_PUBLISHED,
    /** A job is cancelled while its output is being published. */
    CANCELLED_WHILE_PUBLISHING,
    /** A job that has all its results fails with a task that another job needs. */
    FAILED_WITHOUT_NEED,
    /** A second attempt's part of an output takes the place of the first one's. */
    SECOND_PART_COMMITTED,
    /** An executor may drop a stored result as soon as the driver has heard of it. */
    RESULT_DROPPED_BEFORE_FETCHED,
    /** An executor is not told that its stored result was fetched. */
    FETCHED_RESULT_NOT_DROPPED,
    /** A stored result that could not be fetched is not computed again. */
    LOST_RESULT_NOT_COMPUTED,
    /** An executor that is out of reach costs a rebuild for each of its outputs. */
    UNREACHABLE_NEIGHBOURS_KEPT,
    /** Executors that do not reach each other are given tasks that read what the other has written. */
    BROKEN_LINK_FORGOTTEN,
    /** Executors are asked for near the input of stages that are over. */
    INPUT_HOSTS_KEPT,
    /** Of two attempts of a task the later one stays wanted. */
    LATER_TWIN_KEPT,
    /** A copy is begun on the executor on which its attempt is late. */
    COPY_BESIDE_ITS_ATTEMPT,
    /** A task that reads more than the others gets a copy for taking longer. */
    LARGE_INPUT_COPIED;

    static final Set<PlantedBug> NONE = Collections.emptySet();
}
