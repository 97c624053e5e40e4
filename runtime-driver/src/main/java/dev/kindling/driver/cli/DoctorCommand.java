package dev.kindling.driver.cli;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.RDD;
import dev.kindling.config.ApplicationKeys;
import dev.kindling.util.ByteSizes;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code kindling doctor}: what this machine offers, and how quick the engine is on it. */
@Command(
        name = "doctor",
        description = "Looks at this machine; --startup measures how long starting and scheduling take.",
        subcommands = DoctorS3Command.class,
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    private static final String MASTER = "local-cluster[2,1,256]";
    private static final int WARM_UP_JOBS = 200;
    private static final int MEASURED_JOBS = 300;
    private static final int EMPTY_TASKS = 5_000;

    @Option(names = "--startup", description = "Start two executor processes and measure.")
    private boolean isStartup;

    @Override
    public Integer call() throws IOException {
        if (isStartup) {
            measureStartup();
        } else {
            describeMachine();
        }
        return Main.DONE;
    }

    private static void describeMachine() throws IOException {
        Runtime runtime = Runtime.getRuntime();
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        FileStore store = Files.getFileStore(temporary);
        print("Java", System.getProperty("java.version") + ", " + System.getProperty("java.home"));
        print("system", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        print("processors", String.valueOf(runtime.availableProcessors()));
        print("heap of this process", ByteSizes.format(runtime.maxMemory()) + " at most");
        print("scratch space", temporary + ", " + ByteSizes.format(store.getUsableSpace()) + " free");
        print("quick start", QuickStart.executorArchive().map(Path::toString).orElse("no archive of classes"));
        print("program", Distribution.home().map(Path::toString).orElse("run from classes"));
    }

    private static void measureStartup() {
        long commandMs = LaunchTime.millisSince();
        Map<String, String> settings = new TreeMap<>();
        settings.put(ApplicationKeys.MASTER.name(), MASTER);
        settings.put(ApplicationKeys.NAME.name(), "doctor");
        QuickStart.addExecutorArchive(settings);
        try (KindlingContext kindling = new KindlingContext(new KindlingConf(false).setAll(settings))) {
            long contextMs = LaunchTime.millisSince();
            RDD<Long> two = kindling.range(0, 2, 1, 2);
            require(two.count() == 2);
            long firstResultMs = LaunchTime.millisSince();
            print(
                    "launch to first result",
                    "%d ms over 2 executor processes (command line %d, driver %d, executors and first job %d)"
                            .formatted(firstResultMs, commandMs, contextMs - commandMs, firstResultMs - contextMs));

            for (int i = 0; i < WARM_UP_JOBS; i++) {
                require(two.count() == 2);
            }
            double[] jobMs = new double[MEASURED_JOBS];
            for (int i = 0; i < MEASURED_JOBS; i++) {
                long start = System.nanoTime();
                require(two.count() == 2);
                jobMs[i] = (System.nanoTime() - start) / 1e6;
            }
            Arrays.sort(jobMs);
            print(
                    "warm job of two tasks",
                    "%.2f ms median, %.2f ms 99th percentile of %d"
                            .formatted(jobMs[MEASURED_JOBS / 2], jobMs[MEASURED_JOBS * 99 / 100], MEASURED_JOBS));

            RDD<Long> many = kindling.range(0, EMPTY_TASKS, 1, EMPTY_TASKS);
            require(many.count() == EMPTY_TASKS);
            long start = System.nanoTime();
            require(many.count() == EMPTY_TASKS);
            double seconds = (System.nanoTime() - start) / 1e9;
            print("empty tasks", "%.0f a second over 2 executors of one core".formatted(EMPTY_TASKS / seconds));
        }
    }

    private static void require(boolean isRight) {
        if (!isRight) {
            throw new IllegalStateException("the engine gave a wrong result; the figures mean nothing");
        }
    }

    private static void print(String what, String value) {
        System.out.println("%-24s %s".formatted(what, value));
    }
}
