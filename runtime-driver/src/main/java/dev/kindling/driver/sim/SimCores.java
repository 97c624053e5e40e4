package dev.kindling.driver.sim;

import dev.kindling.driver.core.DriverCore;
import dev.kindling.driver.core.DriverSettings;
import dev.kindling.driver.core.GroupSettings;
import dev.kindling.driver.core.PoolSettings;
import dev.kindling.driver.core.SchedulingSettings;
import dev.kindling.driver.core.SkewSettings;
import dev.kindling.executor.core.ExecutorCore;
import dev.kindling.executor.core.ExecutorSettings;
import dev.kindling.executor.core.FetchScheduler;
import dev.kindling.executor.core.FetchSettings;
import dev.kindling.executor.core.MemoryArbiter;
import dev.kindling.storage.RangedObject;
import dev.kindling.storage.TargetFiles;
import dev.kindling.storage.TargetObjects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The cores under test: the real ones, or, in the test of the simulation itself, one with a planted defect.
 *
 * @param driver by its settings
 * @param fetch by the rotation of its task
 * @param files what a process sees of the files that outputs are made of, made of the right ones
 * @param objects the same of objects
 * @param input what a task sees of an object that it reads, made of the right one
 */
public record SimCores(
        Function<DriverSettings, DriverCore> driver,
        Supplier<ExecutorCore> executor,
        ArbiterFactory arbiter,
        IntFunction<FetchScheduler> fetch,
        UnaryOperator<TargetFiles> files,
        UnaryOperator<TargetObjects> objects,
        UnaryOperator<RangedObject> input) {
    /** Far more than most simulated jobs bring. */
    static final long MAX_RESULT_BYTES = 64 << 10;

    /** Of what a simulated shuffle holds, a task or a few; of simulated tasks, some are quick. */
    static final GroupSettings GROUPS = new GroupSettings(2_000, 100, 400, 16);

    /** Two keys where others have one. */
    static final SkewSettings SKEW = new SkewSettings(2, 100);

    /** When nothing has moved for so long, jobs are given up; no chain of other faults stops everything for so long. */
    static final long NO_PROGRESS_MS = 60_000;

    /** Makes the arbiter of one executor's memory. */
    @FunctionalInterface
    public interface ArbiterFactory {
        MemoryArbiter of(long poolBytes, int slots);
    }

    public static SimCores real() {
        return new SimCores(
                DriverCore::new,
                () -> new ExecutorCore(ExecutorSettings.defaults()),
                MemoryArbiter::new,
                rotation -> new FetchScheduler(FetchSettings.defaults(), rotation),
                files -> files,
                objects -> objects,
                object -> object);
    }

    public SimCores withDriver(Function<DriverSettings, DriverCore> other) {
        return new SimCores(other, executor, arbiter, fetch, files, objects, input);
    }

    public SimCores withExecutor(Supplier<ExecutorCore> other) {
        return new SimCores(driver, other, arbiter, fetch, files, objects, input);
    }

    public SimCores withArbiter(ArbiterFactory other) {
        return new SimCores(driver, executor, other, fetch, files, objects, input);
    }

    public SimCores withFetch(IntFunction<FetchScheduler> other) {
        return new SimCores(driver, executor, arbiter, other, files, objects, input);
    }

    public SimCores withFiles(UnaryOperator<TargetFiles> other) {
        return new SimCores(driver, executor, arbiter, fetch, other, objects, input);
    }

    public SimCores withObjects(UnaryOperator<TargetObjects> other) {
        return new SimCores(driver, executor, arbiter, fetch, files, other, input);
    }

    public SimCores withInput(UnaryOperator<RangedObject> other) {
        return new SimCores(driver, executor, arbiter, fetch, files, objects, other);
    }

    /** Pools share the executors; jobs that name none are in one where the earlier is served first. */
    public static DriverSettings driverSettings() {
        SortedMap<String, PoolSettings> pools = new TreeMap<>();
        pools.put("a", new PoolSettings(3, 2, false));
        pools.put("b", new PoolSettings(1, 0, true));
        return DriverSettings.defaults()
                .with(SKEW)
                .with(SchedulingSettings.fair(pools)
                        .withMaxResultBytes(MAX_RESULT_BYTES)
                        .with(GROUPS)
                        .givingUpAfter(NO_PROGRESS_MS));
    }
}
