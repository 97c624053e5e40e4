package dev.kindling.driver;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.kindling.api.KindlingException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/** An action that runs beside the test, on a thread of its own. */
final class Job<T> {
    private final FutureTask<T> task;
    private final Thread thread;

    private Job(Callable<T> action) {
        task = new FutureTask<>(action);
        thread = new Thread(task, "junit-job");
        thread.setDaemon(true);
    }

    static <T> Job<T> start(Callable<T> action) {
        Job<T> job = new Job<>(action);
        job.thread.start();
        return job;
    }

    /** As a program cancels an action: its waiting thread is interrupted. */
    void interrupt() {
        thread.interrupt();
    }

    T result() throws InterruptedException, ExecutionException {
        return task.get();
    }

    KindlingException failure() {
        ExecutionException failure = assertThrows(ExecutionException.class, task::get);
        return assertInstanceOf(KindlingException.class, failure.getCause());
    }
}
