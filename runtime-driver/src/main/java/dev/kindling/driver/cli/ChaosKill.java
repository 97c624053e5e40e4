package dev.kindling.driver.cli;

import dev.kindling.api.KindlingListener;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * Kills one executor process of this JVM, as {@code kill -9} does, once map outputs lie on it and tasks of a later
 * stage run. Owned by its thread of the event bus; {@link #killedProcess} may be asked by any.
 */
final class ChaosKill implements KindlingListener {
    private static final String EXECUTOR_MAIN = "dev.kindling.executor.ExecutorMain";

    private final Terminal terminal;
    private int completedStages;
    private volatile long killedProcess = -1;

    ChaosKill(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void onStageCompleted(Event.StageCompleted e) {
        completedStages++;
    }

    @Override
    public void onTaskStart(Event.TaskStart e) {
        if (completedStages > 0 && killedProcess < 0) {
            kill(e.stageId());
        }
    }

    private void kill(int stageId) {
        ProcessHandle.current()
                .children()
                .filter(process -> isExecutor(argumentsOf(process)))
                .findFirst()
                .ifPresent(executor -> {
                    killedProcess = executor.pid();
                    executor.destroyForcibly();
                    terminal.say(
                            "chaos: kill -9 " + executor.pid() + ", an executor, while stage " + stageId + " runs");
                });
    }

    static List<String> argumentsOf(ProcessHandle process) {
        return process.info().arguments().map(Arrays::asList).orElse(List.of());
    }

    static boolean isExecutor(List<String> arguments) {
        return !arguments.isEmpty() && arguments.get(arguments.size() - 1).equals(EXECUTOR_MAIN);
    }

    OptionalLong killedProcess() {
        return killedProcess < 0 ? OptionalLong.empty() : OptionalLong.of(killedProcess);
    }
}
