package dev.kindling.executor;

/** placeholder */
public final class ExecutorMain {
    private ExecutorMain() {}
}
