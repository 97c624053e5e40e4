package dev.kindling.executor.task;

import dev.kindling.api.KindlingException;
import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.operator.Chain;
import dev.kindling.executor.operator.Operator;
import dev.kindling.executor.operator.SetCounts;
import dev.kindling.executor.operator.TaskScope;
import dev.kindling.metrics.Recorder;
import dev.kindling.metrics.TaskEvent;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.AccumulatorUpdate;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskLaunch;
import java.util.List;
import java.util.Optional;

/**
 * Runs one attempt on the calling thread, from its inputs to its sink. Stateless: one runner serves all threads.
 * Every exception becomes a {@link TaskFailure}; only {@code OutOfMemoryError} is thrown on, for the process to end.
 */
public final class TaskRunner {
    /**
     * Does the task: what its functions carry along is shared with no other attempt, and what they add to accumulators belongs to the outcome.
     */
    public TaskOutcome run(TaskLaunch launch, StageProgram program, TaskEnvironment environment) {
        try (AttemptVariables variables = AttemptVariables.open(environment.broadcasts())) {
            TaskScope scope = new TaskScope(environment, variables);
            LiveMetrics metrics = LiveMetrics.start(scope);
            StageBody body = program.read(environment.userClassLoader());
            metrics.programIsRead();
            TaskOutcome outcome = run(launch, body, scope, metrics);
            return outcome instanceof TaskOutcome.Success success
                    ? withUpdates(success, isLookAhead(body), variables, environment)
                    : outcome;
        }
    }

    private static boolean isLookAhead(StageBody body) {
        return body.sink() instanceof StageBody.Sink.Result result
                && result.function().isLookAhead();
    }

    private static TaskOutcome withUpdates(
            TaskOutcome.Success success, boolean isLookAhead, AttemptVariables variables, TaskEnvironment environment) {
        try {
            List<AccumulatorUpdate> updates = variables.updates(
                    environment.attempt(), isLookAhead, environment.settings().maxAccumulatorBytes());
            variables.commitBlocks();
            return new TaskOutcome.Success(success.result(), success.storedResult(), success.metrics(), updates);
        } catch (KindlingException e) {
            return new TaskOutcome.Failure(TaskFailures.of(e, environment), success.metrics());
        }
    }

    /** Does the task; returns when it is done, failed or cancelled. The environment stays open. */
    public TaskOutcome run(TaskLaunch launch, StageBody body, TaskEnvironment environment) {
        return run(launch, body, environment, SetCounts.NONE);
    }

    /** The same, where the caller counts for persisted sets. */
    public TaskOutcome run(TaskLaunch launch, StageBody body, TaskEnvironment environment, SetCounts setCounts) {
        TaskScope scope = new TaskScope(environment, setCounts);
        return run(launch, body, scope, LiveMetrics.start(scope));
    }

    private static TaskOutcome run(TaskLaunch launch, StageBody body, TaskScope scope, LiveMetrics metrics) {
        TaskEnvironment environment = scope.environment();
        Optional<TaskEvent> event = Recorder.task();
        boolean isSuccess = false;
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(environment.userClassLoader());
        AttemptContext context =
                new AttemptContext(environment, launch, body.root().partitionCount(), metrics);
        context.enter();
        try {
            TaskSinks.Drained drained = runChain(launch, body, scope, context);
            isSuccess = true;
            return new TaskOutcome.Success(drained.result(), drained.stored(), metrics.end(), List.of());
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable t) {
            TaskFailure failure = TaskFailures.of(scope.failure().orElse(t), environment);
            return new TaskOutcome.Failure(failure, metrics.end());
        } finally {
            context.leave();
            thread.setContextClassLoader(before);
            if (event.isPresent()) {
                record(event.get(), launch, isSuccess);
            }
        }
    }

    private static void record(TaskEvent event, TaskLaunch launch, boolean isSuccess) {
        event.end();
        if (event.shouldCommit()) {
            event.task = launch.attempt().toString();
            event.jobId = launch.jobId();
            event.isSuccess = isSuccess;
            event.commit();
        }
    }

    private static TaskSinks.Drained runChain(
            TaskLaunch launch, StageBody body, TaskScope scope, AttemptContext context) throws Exception {
        Throwable failure = null;
        Operator chain = null;
        TaskSinks.Drained drained = null;
        try {
            scope.checkCancelled();
            chain = new Chain(launch.inputs(), scope)
                    .open(body.root(), launch.attempt().partition());
            drained = TaskSinks.drain(chain, body.sink(), scope);
            // User code may have swallowed why its input ended early.
            failure = scope.failure().orElse(null);
        } catch (Throwable t) {
            failure = t;
        }
        failure = end(chain, scope, context, failure);
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof Exception exception) {
            throw exception;
        }
        return drained;
    }

    /** Ends the attempt's parts in order, each though another one failed; the first failure counts. */
    private static Throwable end(Operator chain, TaskScope scope, AttemptContext context, Throwable failure) {
        // Whoever cancelled interrupted the thread; files could not be closed in peace.
        Thread.interrupted();
        Throwable first = context.end(failure == null ? null : scope.failure().orElse(failure));
        for (AutoCloseable part : new AutoCloseable[] {chain == null ? () -> {} : chain, scope::close}) {
            try {
                part.close();
            } catch (Exception e) {
                first = first == null ? e : first;
            }
        }
        return first;
    }
}
