package dev.kindling.driver.launch;

import dev.kindling.serde.FixedFunction;
import dev.kindling.serde.FixedFunctions;
import dev.kindling.util.JvmBeans;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * What the first context of a JVM and its first job need of the JDK and of ours, loaded by a thread of its own while the
 * context starts: loading and checking classes is most of what a start takes, and a second core does it meanwhile.
 */
public final class FirstUse {
    /** In the order in which a job needs them; each brings those that it is checked against. */
    static final List<String> OF_JOBS = List.of(
            "rdd.Plans",
            "serde.ClosureCheck",
            "plan.RowFunction$Map",
            "plan.PlanNode$Rows",
            "driver.plan.StageCut",
            "plan.ProgramForm",
            "plan.FlatBody",
            "plan.PlanForm",
            "driver.plan.StageInputs",
            "driver.plan.PersistedReads",
            "driver.plan.ResultDecoder",
            "driver.WaitedJob",
            "driver.core.TaskSet",
            "driver.core.CommitCore",
            "driver.core.ResultBudget",
            "driver.core.AttemptEvents",
            "protocol.FrameCodec",
            "protocol.TaskGroup",
            "serde.ResultCodec",
            "protocol.TaskDone");

    static final List<String> OF_TASKS = List.of(
            "executor.RunningAttempt",
            "executor.ExecutorTaskEnvironment",
            "executor.core.GroupProgress",
            "executor.task.StageProgram",
            "executor.task.TaskRunner",
            "executor.task.AttemptVariables",
            "executor.task.LiveMetrics",
            "executor.task.AttemptContext",
            "executor.operator.Chain",
            "executor.operator.RowSteps",
            "executor.task.TaskSinks",
            "executor.operator.PulledRows",
            "executor.task.ResultRows",
            "serde.RowReader",
            "serde.Immutable",
            "serde.HeapSize");

    private static final AtomicBoolean HAS_BEGUN = new AtomicBoolean();

    private FirstUse() {}

    /** A function as programs give them: a lambda that travels. */
    private interface Travelling extends Supplier<String>, Serializable {}

    /**
     * Returns at once; only the first call does anything.
     *
     * @param master as the program wrote it: what is loaded for a wrong one is loaded for nothing
     */
    public static void begin(String master) {
        if (HAS_BEGUN.compareAndSet(false, true)) {
            boolean runsTasks = master.startsWith("local") && !master.startsWith("local-cluster");
            Thread thread = new Thread(() -> loadAll(runsTasks), "first-use");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void loadAll(boolean runsTasks) {
        if (runsTasks) {
            JvmBeans.collectors();
        }
        Travelling function = () -> "";
        FixedFunction.of(function)
                .ifPresent(written -> new FixedFunctions().read(written, FirstUse.class.getClassLoader()));
        load(OF_JOBS);
        if (runsTasks) {
            load(OF_TASKS);
        }
    }

    private static void load(List<String> names) {
        try {
            for (String name : names) {
                Class.forName("dev.kindling." + name, true, FirstUse.class.getClassLoader());
            }
        } catch (ClassNotFoundException | LinkageError e) {
            // Whoever uses the class is told.
        }
    }
}
