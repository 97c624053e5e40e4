package dev.kindling.executor;

import dev.kindling.executor.task.TaskOutcome;
import dev.kindling.executor.task.TaskRunner;
import dev.kindling.protocol.AttemptId;
import dev.kindling.protocol.TaskFailure;
import dev.kindling.protocol.TaskLaunch;
import dev.kindling.protocol.TaskMetrics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * One attempt on its task thread. The program is decoded anew for every attempt: what user functions carry along is
 * then never shared between two threads.
 */
final class RunningAttempt implements Runnable {
    /** Enough to see the user's own frames below those of libraries. */
    private static final int STACK_FRAMES = 30;

    private final TaskLaunch launch;
    private final byte[] program;
    private final ExecutorTaskEnvironment environment;
    private final TaskRunner runner;
    private final BiConsumer<RunningAttempt, TaskOutcome> whenEnded;
    private final BiConsumer<RunningAttempt, OutOfMemoryError> whenOutOfMemory;
    private Thread thread;
    private boolean isInterrupted;

    RunningAttempt(
            TaskLaunch launch,
            byte[] program,
            ExecutorTaskEnvironment environment,
            TaskRunner runner,
            BiConsumer<RunningAttempt, TaskOutcome> whenEnded,
            BiConsumer<RunningAttempt, OutOfMemoryError> whenOutOfMemory) {
        this.launch = launch;
        this.program = program;
        this.environment = environment;
        this.runner = runner;
        this.whenEnded = whenEnded;
        this.whenOutOfMemory = whenOutOfMemory;
    }

    AttemptId id() {
        return launch.attempt();
    }

    @Override
    public void run() {
        enter();
        try {
            TaskOutcome outcome = outcome();
            leave();
            whenEnded.accept(this, outcome);
        } catch (OutOfMemoryError e) {
            leave();
            whenOutOfMemory.accept(this, e);
        }
    }

    private TaskOutcome outcome() {
        try (environment) {
            return runner.run(launch, program, environment);
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            // Before or after the runner, which makes a failure of everything itself: the program cannot be read here.
            return new TaskOutcome.Failure(new TaskFailure.Internal(e.toString(), stackOf(e)), TaskMetrics.NONE);
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

    private synchronized void enter() {
        thread = Thread.currentThread();
        if (isInterrupted) {
            thread.interrupt();
        }
    }

    /** From here on an interrupt would hit the thread's next attempt. */
    private synchronized void leave() {
        thread = null;
        Thread.interrupted();
    }

    /** Flag first, then interrupt: the operators see why. Any thread; a second call interrupts once more. */
    synchronized void cancel(String reason, boolean isInterrupting) {
        isInterrupted |= isInterrupting;
        environment.cancel(reason);
        if (thread != null && isInterrupting) {
            thread.interrupt();
        }
    }
}
