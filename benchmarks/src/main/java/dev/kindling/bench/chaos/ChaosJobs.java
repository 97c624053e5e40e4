package dev.kindling.bench.chaos;

import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.bench.work.Machine;
import dev.kindling.util.FileTrees;
import dev.kindling.util.LogLevels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * So many jobs with each {@link Fault}, on clusters of three executor processes. A job must have its right result, or end with
 * the error that the fault is for; where the fault has a limit, its median beside that of jobs without one is compared with
 * it. In the end no process and no file may be left.
 *
 * <p>{@code bin/chaos jobs [--jobs 200] [--rows 2000000] [--seed 1] [FAULT ...]}: places and times of the harm are drawn
 * from the seed. The exit code is 1 when a promise was broken.
 */
public final class ChaosJobs {
    private static final int EXECUTORS = 3;
    private static final int TASKS = 6;
    private static final int KEYS = 1_000;
    private static final int PLAIN_JOBS = 15;
    private static final int WARM_JOBS = 5;
    private static final int MAX_STOPPED_MS = 20_000;
    private static final long DEADLINE_MS = 180_000;
    private static final long GONE_WITHIN_MS = 30_000;

    private final int jobs;
    private final long rows;
    private final Random random;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private ChaosJobs(int jobs, long rows, long seed) {
        this.jobs = jobs;
        this.rows = rows;
        this.random = new Random(seed);
    }

    public static void main(String[] args) throws Exception {
        int jobs = 200;
        long rows = 2_000_000;
        long seed = 1;
        List<Fault> faults = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "--jobs" -> jobs = Integer.parseInt(args[++i]);
                case "--rows" -> rows = Long.parseLong(args[++i]);
                case "--seed" -> seed = Long.parseLong(args[++i]);
                default -> faults.add(faultOf(args[i]));
            }
        }
        // Lost executors and failed jobs are told of in lines, and are wanted here.
        LogLevels.setRoot("ERROR");
        ChaosJobs chaos = new ChaosJobs(jobs, rows, seed);
        boolean isGood = chaos.run(faults.isEmpty() ? List.of(Fault.values()) : faults);
        chaos.threads.shutdownNow();
        System.exit(isGood ? 0 : 1);
    }

    private static Fault faultOf(String name) {
        for (Fault fault : Fault.values()) {
            if (fault.name().equalsIgnoreCase(name)) {
                return fault;
            }
        }
        System.err.println(
                "chaos: there is no fault or option " + name + "; use --jobs 200, --rows 2000000, --seed 1 or "
                        + Arrays.toString(Fault.values()).toLowerCase(Locale.ROOT));
        System.exit(2);
        return null;
    }

    private boolean run(List<Fault> faults) throws Exception {
        System.out.printf(
                "%d jobs of %,d rows with each fault, on %d executors; %s, %s, %s, load %s%n%n",
                jobs, rows, EXECUTORS, Machine.java(), Machine.system(), Machine.processor(), Machine.load());
        System.out.println(
                "| fault | jobs | as promised | wrong | hung | median | worst | beside one without | allowed |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        boolean isGood = true;
        for (Fault fault : faults) {
            isGood &= run(fault);
        }
        return isGood;
    }

    // ---- a cluster for each fault ---------------------------------------------------------------------------------

    private boolean run(Fault fault) throws Exception {
        Path work = Files.createTempDirectory("kindling-chaos-");
        Path scratch = Files.createDirectories(work.resolve("scratch"));
        KindlingConf conf = new KindlingConf()
                .setMaster("local-cluster[" + EXECUTORS + ",1,128]")
                .setAppName("chaos")
                .set("kindling.result.maxBytes", "4m")
                .set("kindling.scratch.dirs", scratch.toString());
        Tally tally;
        try (KindlingContext kindling = new KindlingContext(conf)) {
            tally = new Tally(fault, plainMs(kindling));
            for (int job = 0; job < jobs; job++) {
                tally.add(outcome(kindling, fault, work.resolve("mark-" + job), scratch));
            }
        }
        boolean isClean = isAllGone(scratch);
        FileTrees.delete(work);
        System.out.println(tally.row() + (isClean ? "" : " **processes or files are left** |"));
        tally.complaints.forEach(complaint -> System.out.println("  - " + complaint));
        return tally.isGood() && isClean;
    }

    /** The median of jobs without a fault on the same cluster. */
    private long plainMs(KindlingContext kindling) throws Exception {
        long[] times = new long[PLAIN_JOBS];
        for (int job = -WARM_JOBS; job < PLAIN_JOBS; job++) {
            long start = System.nanoTime();
            requireRight(sum(kindling, Harm.NONE));
            times[Math.max(0, job)] = msSince(start);
        }
        Arrays.sort(times);
        return times[PLAIN_JOBS / 2];
    }

    /** Within some time: processes that were told to end may take a moment. */
    private static boolean isAllGone(Path scratch) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GONE_WITHIN_MS);
        boolean isGone = false;
        while (!isGone && System.nanoTime() < deadline) {
            try (Stream<Path> left = Files.list(scratch)) {
                isGone = executors().isEmpty() && left.findAny().isEmpty();
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return isGone;
    }

    private static List<ProcessHandle> executors() {
        return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
    }

    // ---- a job with its fault -------------------------------------------------------------------------------------

    /** How a job ended: in so many milliseconds, as promised, or otherwise. */
    record Outcome(long ms, boolean isHung, String complaint) {}

    private Outcome outcome(KindlingContext kindling, Fault fault, Path mark, Path scratch) throws Exception {
        long start = System.nanoTime();
        Future<Void> job = threads.submit(() -> {
            harm(kindling, fault, mark, scratch);
            return null;
        });
        try {
            job.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
            return new Outcome(
                    msSince(start),
                    false,
                    fault.error.map(code -> "it has no error " + code).orElse(""));
        } catch (TimeoutException e) {
            kindling.cancelAllJobs();
            return new Outcome(msSince(start), true, "it does not end within " + DEADLINE_MS + " ms");
        } catch (ExecutionException e) {
            boolean isPromised = e.getCause() instanceof KindlingException failure
                    && fault.error.filter(failure.code()::equals).isPresent();
            return new Outcome(
                    msSince(start), false, isPromised ? "" : e.getCause().toString());
        }
    }

    private void harm(KindlingContext kindling, Fault fault, Path mark, Path scratch) throws Exception {
        switch (fault) {
            case KILLED -> during(kindling, ProcessHandle::destroyForcibly);
            case STOPPED -> during(kindling, this::stopForAWhile);
            case EXIT -> requireRight(sum(kindling, new Harm(Harm.Kind.EXIT, anyRow(), mark.toString())));
            case HEAP -> requireRight(sum(kindling, new Harm(Harm.Kind.HEAP, anyRow(), mark.toString())));
            case LOOP -> cancelLoop(kindling, mark);
            case CORRUPTED -> readCorrupted(kindling, scratch);
            case UNSERIALIZABLE ->
                kindling.range(0, TASKS, 1, TASKS)
                        .map(n -> (Object) new Thread())
                        .collect();
            case OVERSIZED ->
                kindling.range(0, TASKS, 1, TASKS).map(n -> new byte[1 << 20]).collect();
        }
    }

    private long anyRow() {
        return random.nextLong(rows);
    }

    private long sum(KindlingContext kindling, Harm harm) {
        return sums(kindling, harm).map(Tuple2::_2).reduce(Long::sum);
    }

    private PairRDD<Long, Long> sums(KindlingContext kindling, Harm harm) {
        return kindling.range(0, rows, 1, TASKS)
                .mapToPair(n -> {
                    harm.at(n);
                    return Tuple2.of(n % KEYS, n);
                })
                .reduceByKey(Long::sum, TASKS);
    }

    private void requireRight(long sum) {
        if (sum != rows * (rows - 1) / 2) {
            throw new IllegalStateException("the sum is " + sum + " instead of " + rows * (rows - 1) / 2);
        }
    }

    private interface OnProcess {
        void to(ProcessHandle process) throws Exception;
    }

    /** Does it to one executor at some time of the job. */
    private void during(KindlingContext kindling, OnProcess harm) throws Exception {
        int delayMs = random.nextInt(300);
        int which = random.nextInt(EXECUTORS);
        Callable<Void> harming = () -> {
            TimeUnit.MILLISECONDS.sleep(delayMs);
            List<ProcessHandle> running = executors();
            if (!running.isEmpty()) {
                harm.to(running.get(which % running.size()));
            }
            return null;
        };
        Future<Void> done = threads.submit(harming);
        requireRight(sum(kindling, Harm.NONE));
        done.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
    }

    private void stopForAWhile(ProcessHandle process) throws Exception {
        signal(process, "STOP");
        int ms = 1_000 + random.nextInt(MAX_STOPPED_MS - 1_000);
        threads.submit(() -> {
            TimeUnit.MILLISECONDS.sleep(ms);
            signal(process, "CONT");
            return null;
        });
    }

    private static void signal(ProcessHandle process, String signal) throws IOException, InterruptedException {
        if (process.isAlive()) {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
        }
    }

    private void cancelLoop(KindlingContext kindling, Path mark) throws Exception {
        String group = mark.getFileName().toString();
        Future<?> cancelling = threads.submit(() -> {
            while (!Files.exists(mark)) {
                TimeUnit.MILLISECONDS.sleep(10);
            }
            kindling.cancelJobGroup(group);
            return null;
        });
        kindling.setJobGroup(group, "loops");
        try {
            sum(kindling, new Harm(Harm.Kind.LOOP, anyRow(), mark.toString()));
        } finally {
            kindling.clearJobGroup();
            cancelling.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
        }
    }

    /** Two jobs read the same map outputs; before the second one bits of one of them are flipped. */
    private void readCorrupted(KindlingContext kindling, Path scratch) throws IOException {
        PairRDD<Long, Long> sums = sums(kindling, Harm.NONE);
        requireRight(sums.map(Tuple2::_2).reduce(Long::sum));
        List<Path> outputs;
        try (Stream<Path> files = Files.walk(scratch)) {
            outputs = files.filter(file -> file.toString().endsWith(".blocks")).toList();
        }
        flipBits(outputs.get(random.nextInt(outputs.size())));
        requireRight(sums.map(Tuple2::_2).reduce(Long::sum));
    }

    private static void flipBits(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            for (long at = 60; at < channel.size(); at += 100) {
                one.clear();
                channel.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 4)).flip();
                channel.write(one, at);
            }
        } catch (NoSuchFileException e) {
            // It belonged to an executor that has just gone.
            return;
        }
    }

    private static long msSince(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    }

    // ---- what came of it ------------------------------------------------------------------------------------------

    private static final class Tally {
        private static final int TOLD = 3;

        private final Fault fault;
        private final long plainMs;
        private final List<Long> times = new ArrayList<>();
        private final List<String> complaints = new ArrayList<>();
        private int asPromised;
        private int hung;

        Tally(Fault fault, long plainMs) {
            this.fault = fault;
            this.plainMs = plainMs;
        }

        void add(Outcome outcome) {
            times.add(outcome.ms());
            hung += outcome.isHung() ? 1 : 0;
            if (outcome.complaint().isEmpty()) {
                asPromised++;
            } else if (complaints.size() < TOLD) {
                complaints.add(outcome.complaint());
            }
        }

        boolean isGood() {
            return asPromised == times.size() && (!fault.hasLimit() || medianMs() <= fault.maxMs(plainMs));
        }

        private long medianMs() {
            return times.stream().sorted().toList().get(times.size() / 2);
        }

        String row() {
            return String.format(
                    Locale.ROOT,
                    "| %s | %d | %d | %d | %d | %.2f s | %.2f s | %.2f s | %s |",
                    fault.words,
                    times.size(),
                    asPromised,
                    times.size() - asPromised - hung,
                    hung,
                    medianMs() / 1e3,
                    times.stream().mapToLong(ms -> ms).max().orElse(0) / 1e3,
                    plainMs / 1e3,
                    fault.hasLimit() ? String.format(Locale.ROOT, "%.2f s", fault.maxMs(plainMs) / 1e3) : "");
        }
    }
}
