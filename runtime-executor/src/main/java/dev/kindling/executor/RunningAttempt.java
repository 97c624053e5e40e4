package dev.kindling.executor;

import dev.kindling.executor.core.ExecutorEvent;
import dev.kindling.executor.core.GroupProgress;
import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskDone;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskGroup;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One group of tasks on its thread, mostly a single task. Each task has its own environment, and shares nothing with
 * the others that its functions could change.
 */
final class RunningAttempt implements Runnable {
    /** Enough to see the user's own frames below those of libraries. */
    private static final int STACK_FRAMES = 30;

    /** The executor, as its attempts need it. */
    interface Host {
        ExecutorTaskEnvironment open(AttemptId task);

        TaskOutcome run(TaskLaunch task, ExecutorTaskEnvironment environment);

        /** Keeps the task's result if it has to be fetched; another outcome when that cannot be done. */
        TaskOutcome keep(AttemptId task, TaskOutcome outcome);

        void ended(RunningAttempt attempt, ExecutorEvent end);

        /** The task ended by this error, outside of the heap's limit. */
        TaskFailure outOfMemory(AttemptId task, OutOfMemoryError error);
    }

    private final TaskGroup group;
    private final Host host;
    private Thread thread;
    private ExecutorTaskEnvironment environment;
    private String cancelReason;
    private boolean isInterrupted;

    RunningAttempt(TaskGroup group, Host host) {
        this.group = group;
        this.host = host;
    }

    AttemptId id() {
        return group.attempt();
    }

    @Override
    public void run() {
        host.ended(this, runAll());
    }

    private ExecutorEvent runAll() {
        GroupProgress progress = new GroupProgress(group, nowMs());
        Optional<TaskLaunch> next = progress.next(nowMs());
        while (next.isPresent()) {
            AttemptId task = next.get().attempt();
            TaskOutcome outcome = host.keep(task, outcome(next.get()));
            if (outcome instanceof TaskOutcome.Success success) {
                progress.succeeded(new TaskDone(task, success.result(), success.metrics(), success.updates()));
            } else if (outcome instanceof TaskOutcome.Failure failed) {
                return new ExecutorEvent.AttemptFailed(id(), progress.done(), task, failed.failure(), failed.metrics());
            }
            next = progress.next(nowMs());
        }
        return new ExecutorEvent.AttemptSucceeded(id(), progress.done());
    }

    private static long nowMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private TaskOutcome outcome(TaskLaunch task) {
        try (ExecutorTaskEnvironment own = host.open(task.attempt())) {
            enter(own);
            return host.run(task, own);
        } catch (OutOfMemoryError e) {
            return new TaskOutcome.Failure(host.outOfMemory(task.attempt(), e), TaskMetrics.NONE);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            // Before or after the runner, which makes a failure of everything itself: the program cannot be read here.
            return new TaskOutcome.Failure(new TaskFailure.Internal(e.toString(), stackOf(e)), TaskMetrics.NONE);
        } finally {
            leave();
        }
    }

    /** Where its thread is, one frame a line; empty when it has none. */
    synchronized Optional<String> stack() {
        if (thread == null) {
            return Optional.empty();
        }
        return Optional.of(Arrays.stream(thread.getStackTrace())
                .limit(STACK_FRAMES)
                .map(frame -> "    at " + frame)
                .collect(Collectors.joining("\n")));
    }

    private static String stackOf(Throwable failure) {
        StringWriter stack = new StringWriter();
        failure.printStackTrace(new PrintWriter(stack));
        return stack.toString();
    }

    private synchronized void enter(ExecutorTaskEnvironment own) {
        thread = Thread.currentThread();
        environment = own;
        if (cancelReason != null) {
            own.cancel(cancelReason);
        }
        if (isInterrupted) {
            thread.interrupt();
        }
    }

    /** From here on an interrupt would hit what the thread does next. */
    private synchronized void leave() {
        thread = null;
        environment = null;
        Thread.interrupted();
    }

    /** Flag first, then interrupt: the operators see why. Any thread; a second call interrupts once more. */
    synchronized void cancel(String reason, boolean isInterrupting) {
        isInterrupted |= isInterrupting;
        cancelReason = reason;
        if (environment != null) {
            environment.cancel(reason);
        }
        if (thread != null && isInterrupting) {
            thread.interrupt();
        }
    }
}
