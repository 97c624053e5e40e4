package dev.kindling.executor.task;

import dev.kindling.executor.attempt.TaskEnvironment;
import dev.kindling.executor.operator.Chain;
import dev.kindling.executor.operator.Operator;
import dev.kindling.executor.operator.TaskScope;
import dev.kindling.plan.StageBody;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskLaunch;

/**
 * Runs one attempt on the calling thread, from its inputs to its sink. Stateless: one runner serves all threads.
 * Every exception becomes a {@link TaskFailure}; only {@code OutOfMemoryError} is thrown on, for the process to end.
 */
public final class TaskRunner {
    /** Does the task; returns when it is done, failed or cancelled. The environment stays open. */
    public TaskOutcome run(TaskLaunch launch, StageBody body, TaskEnvironment environment) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(environment.userClassLoader());
        AttemptContext context = new AttemptContext(environment);
        context.enter();
        TaskClock clock = TaskClock.start();
        TaskScope scope = new TaskScope(environment);
        try {
            TaskSinks.Drained drained = runChain(launch, body, scope, context);
            return new TaskOutcome.Success(drained.result(), drained.stored(), clock.metrics(scope));
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable t) {
            TaskFailure failure = TaskFailures.of(scope.failure().orElse(t), environment);
            return new TaskOutcome.Failure(failure, clock.metrics(scope));
        } finally {
            context.leave();
            thread.setContextClassLoader(before);
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
        Throwable first = failure;
        for (AutoCloseable step : new AutoCloseable[] {
            () -> scope.callUserCode(context::complete), chain == null ? () -> {} : chain, scope::close
        }) {
            try {
                step.close();
            } catch (Exception e) {
                first = first == null ? e : first;
            }
        }
        return first;
    }
}
