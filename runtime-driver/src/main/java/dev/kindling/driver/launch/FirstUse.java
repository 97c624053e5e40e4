package dev.kindling.driver.launch;

import dev.kindling.serde.ClosureCodec;
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
    private static final AtomicBoolean HAS_BEGUN = new AtomicBoolean();

    /** In the order in which a job needs them; each brings those that it is checked against. */
    static final List<String> CLASSES = List.of(
            "rdd.Plans",
            "serde.ClosureCheck",
            "plan.RowFunction$Map",
            "plan.PlanNode$Rows",
            "driver.plan.StageCut",
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
            "serde.RowReader",
            "serde.Immutable",
            "serde.HeapSize",
            "executor.task.ResultRows",
            "serde.ResultCodec",
            "protocol.TaskDone");

    private FirstUse() {}

    /** A function as programs give them: a lambda that travels. */
    private interface Travelling extends Supplier<String>, Serializable {}

    /** Returns at once; only the first call does anything. */
    public static void begin() {
        if (HAS_BEGUN.compareAndSet(false, true)) {
            Thread thread = new Thread(FirstUse::load, "first-use");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void load() {
        JvmBeans.collectors();
        ClassLoader loader = FirstUse.class.getClassLoader();
        Travelling function = () -> "";
        ClosureCodec.decode(ClosureCodec.encode(function), loader);
        try {
            for (String name : CLASSES) {
                Class.forName("dev.kindling." + name, true, loader);
            }
        } catch (ClassNotFoundException | LinkageError e) {
            // Whoever uses the class is told.
        }
    }
}
