package dev.kindling.bench.chaos;

import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingException;
import dev.kindling.api.PairRDD;
import dev.kindling.api.Tuple2;
import dev.kindling.bench.work.Machine;
import dev.kindling.driver.HarmfulProxy;
import dev.kindling.util.FileTrees;
import dev.kindling.util.LogLevels;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * So many jobs with each {@link Fault}, on clusters of three executor processes. A job must have its right result, or end with
 * the error that the fault is for; where the fault has a limit, its median beside that of jobs without one is compared with
 * it. A job that was over before it was struck does not count. The next one begins when the cluster is whole again, and in
 * the end no process and no file may be left.
 *
 * <p>{@code bin/chaos jobs [--jobs 200] [--rows 2000000] [--seed 1] [FAULT ...]}: places and times of the harm are drawn
 * from the seed. Full disks are file systems of their own, which only root can mount. The exit code is 1 when a promise
 * was broken.
 */
public final class ChaosJobs {
    private static final int EXECUTORS = 3;
    private static final int TASKS = 6;
    private static final int KEYS = 1_000;
    private static final int WIDE_ROWS = 100_000;
    private static final int WIDE_ROW_BYTES = 100;
    /** Of a job that lasts long enough for a slow executor to show: tasks, rows of each, and what a row takes. */
    private static final int LONG_TASKS = 24;

    private static final int LONG_ROWS = 50;
    private static final int LONG_ROW_STEPS = 2_000_000;
    private static final int SLOW_RUNS_MS = 50;
    private static final int SLOW_STANDS_MS = 450;
    private static final int PLAIN_JOBS = 15;
    private static final int WARM_JOBS = 5;
    private static final int MAX_STOPPED_MS = 60_000;
    private static final long DEADLINE_MS = 180_000;
    private static final long WHOLE_WITHIN_MS = 90_000;
    private static final long GONE_WITHIN_MS = 30_000;

    private static final Set<HarmfulProxy.Harm> SLOW_HARMS =
            EnumSet.of(HarmfulProxy.Harm.DELAY, HarmfulProxy.Harm.DRIP);
    private static final List<HarmfulProxy.Harm> LINK_HARMS =
            List.copyOf(EnumSet.complementOf(EnumSet.of(HarmfulProxy.Harm.NONE)));

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
                "| fault | struck | as promised | wrong | hung | median | worst | beside one without | allowed |"
                        + " left |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|--:|---|");
        boolean isGood = true;
        for (Fault fault : faults) {
            isGood &= run(fault);
        }
        return isGood;
    }

    // ---- a cluster for each fault ---------------------------------------------------------------------------------

    private boolean run(Fault fault) throws Exception {
        Path work = Files.createTempDirectory("kindling-chaos-");
        try (Links links = new Links(work);
                SmallDisks disks = new SmallDisks(work)) {
            if (fault.isOfDisks() && !disks.mount()) {
                System.out.println("  - not run, as file systems cannot be mounted: " + fault.words);
                return true;
            }
            List<Path> scratch =
                    fault.isOfDisks() ? disks.scratch() : List.of(Files.createDirectories(work.resolve("scratch")));
            return run(fault, new Place(work, scratch, links, disks));
        } finally {
            FileTrees.delete(work);
        }
    }

    private boolean run(Fault fault, Place place) throws Exception {
        KindlingConf conf = new KindlingConf()
                .setMaster("local-cluster[" + EXECUTORS + ",1,128]")
                .setAppName("chaos")
                .set("kindling.result.maxBytes", "4m")
                .set(
                        "kindling.scratch.dirs",
                        place.scratch().stream().map(Path::toString).collect(Collectors.joining(",")));
        if (fault == Fault.LINKS) {
            place.links().addTo(conf);
        } else if (fault == Fault.SLOW) {
            conf.set("kindling.speculation", "true");
        }
        Tally tally;
        try (KindlingContext kindling = new KindlingContext(conf)) {
            if (fault == Fault.LINKS) {
                place.links().open(kindling, EXECUTORS);
            }
            long plainMs = plainMs(kindling, fault);
            tally = new Tally(fault, plainMs);
            for (int job = 0; tally.count() < jobs; job++) {
                Strike strike =
                        new Strike(fault, random, rows, plainMs, place.work().resolve("mark-" + job));
                tally.add(outcome(kindling, strike, place));
                awaitWhole();
            }
        }
        boolean isClean = isAllGone(place.scratch());
        System.out.println(tally.row() + (isClean ? " nothing |" : " **processes or files** |"));
        tally.complaints.forEach(complaint -> System.out.println("  - " + complaint));
        return tally.isGood() && isClean;
    }

    /** Where a cluster works, and what stands there to do it harm. */
    private record Place(Path work, List<Path> scratch, Links links, SmallDisks disks) {}

    /** The median of jobs without a fault on the same cluster. */
    private long plainMs(KindlingContext kindling, Fault fault) throws Exception {
        long[] times = new long[PLAIN_JOBS];
        for (int job = -WARM_JOBS; job < PLAIN_JOBS; job++) {
            long start = System.nanoTime();
            if (fault.isOfDisks()) {
                requireWide(kindling);
            } else if (fault == Fault.SLOW) {
                requireLong(kindling);
            } else {
                requireRight(sum(kindling, Harm.NONE));
            }
            times[Math.max(0, job)] = msSince(start);
        }
        Arrays.sort(times);
        return times[PLAIN_JOBS / 2];
    }

    /** Within some time: processes that were told to end may take a moment. */
    private static boolean isAllGone(List<Path> scratch) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(GONE_WITHIN_MS);
        boolean isGone = false;
        while (!isGone && System.nanoTime() < deadline) {
            isGone = executors().isEmpty();
            for (Path directory : scratch) {
                try (Stream<Path> left = Files.list(directory)) {
                    isGone &= left.findAny().isEmpty();
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return isGone;
    }

    private static List<ProcessHandle> executors() {
        return ProcessHandle.current()
                .children()
                .filter(child ->
                        child.isAlive() && child.info().command().orElse("").endsWith("java"))
                .toList();
    }

    /** What the fault has ended is replaced, and what it stopped goes on or is gone. */
    private static void awaitWhole() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(WHOLE_WITHIN_MS);
        while (executors().size() != EXECUTORS && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    // ---- a job with its fault -------------------------------------------------------------------------------------

    /** What is done to one job, drawn before it begins. */
    private static final class Strike {
        final Fault fault;
        final Path mark;
        final long row;
        final int which;
        final long delayMs;
        final long stoppedMs;
        final HarmfulProxy.Harm linkHarm;
        final int pieces;
        volatile boolean isOver;
        volatile boolean hasStruck;

        Strike(Fault fault, Random random, long rows, long plainMs, Path mark) {
            this.fault = fault;
            this.mark = mark;
            row = random.nextLong(rows);
            which = random.nextInt(EXECUTORS);
            delayMs = random.nextLong(Math.max(1, plainMs));
            stoppedMs = 1_000 + random.nextInt(MAX_STOPPED_MS - 1_000);
            linkHarm = LINK_HARMS.get(random.nextInt(LINK_HARMS.size()));
            // A fetch has three tries: of those that end a connection, no more than two strike a link.
            pieces = SLOW_HARMS.contains(linkHarm) ? Integer.MAX_VALUE : 1 + random.nextInt(2);
        }

        Harm harm(Harm.Kind kind) {
            return new Harm(kind, row, mark.toString());
        }
    }

    /** How a job ended: in so many milliseconds, as promised, or otherwise. */
    record Outcome(long ms, boolean wasStruck, boolean isHung, String complaint) {}

    private Outcome outcome(KindlingContext kindling, Strike strike, Place place) throws Exception {
        Optional<ErrorCode> error = strike.fault.error;
        long start = System.nanoTime();
        Future<Long> job = threads.submit(() -> {
            try {
                return job(kindling, strike, place);
            } finally {
                strike.isOver = true;
            }
        });
        Future<?> striking = threads.submit(() -> {
            strikeFromOutside(kindling, strike, place);
            return null;
        });
        String complaint;
        boolean isHung = false;
        try {
            job.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
            complaint = error.map(code -> "it has no error " + code).orElse("");
        } catch (TimeoutException e) {
            kindling.cancelAllJobs();
            isHung = true;
            complaint = "it does not end within " + DEADLINE_MS + " ms";
        } catch (ExecutionException e) {
            boolean isPromised = e.getCause() instanceof KindlingException failure
                    && error.filter(failure.code()::equals).isPresent();
            complaint = isPromised ? "" : e.getCause().toString();
        }
        long tookMs = msSince(start);
        striking.get(DEADLINE_MS, TimeUnit.MILLISECONDS);
        return new Outcome(tookMs, strike.hasStruck, isHung, complaint);
    }

    /** The job; returns its result. */
    private Long job(KindlingContext kindling, Strike strike, Place place) throws IOException {
        return switch (strike.fault) {
            case KILLED, STOPPED -> requireRight(sum(kindling, Harm.NONE));
            case SLOW -> requireLong(kindling);
            case EXIT -> struckFromInside(kindling, strike, Harm.Kind.EXIT);
            case HEAP -> struckFromInside(kindling, strike, Harm.Kind.HEAP);
            case LOOP -> {
                kindling.setJobGroup(strike.mark.toString(), "loops");
                yield struckFromInside(kindling, strike, Harm.Kind.LOOP);
            }
            case CORRUPTED -> readCorrupted(kindling, strike, place.scratch().get(0));
            case UNSERIALIZABLE -> {
                strike.hasStruck = true;
                yield (long) kindling.range(0, TASKS, 1, TASKS)
                        .map(n -> (Object) new Thread())
                        .collect()
                        .size();
            }
            case OVERSIZED -> {
                strike.hasStruck = true;
                yield (long) kindling.range(0, TASKS, 1, TASKS)
                        .map(n -> new byte[1 << 20])
                        .collect()
                        .size();
            }
            case LINKS -> throughHarmedLinks(kindling, strike, place.links());
            case DISK_FULL -> requireWide(kindling);
            case DISKS_FULL -> {
                place.disks().fill(true);
                strike.hasStruck = true;
                yield requireWide(kindling);
            }
        };
    }

    private Long struckFromInside(KindlingContext kindling, Strike strike, Harm.Kind kind) {
        try {
            return requireRight(sum(kindling, strike.harm(kind)));
        } finally {
            strike.hasStruck = Files.exists(strike.mark);
        }
    }

    private long throughHarmedLinks(KindlingContext kindling, Strike strike, Links links) {
        links.harm(strike.linkHarm, strike.pieces);
        try {
            return requireRight(sum(kindling, Harm.NONE));
        } finally {
            strike.hasStruck = links.heal();
        }
    }

    /** What is done to the job by somebody else, if anything; returns when the harm is over. */
    private static void strikeFromOutside(KindlingContext kindling, Strike strike, Place place) throws Exception {
        switch (strike.fault) {
            case KILLED -> {
                TimeUnit.MILLISECONDS.sleep(strike.delayMs);
                ProcessHandle victim = executors().get(strike.which);
                victim.destroyForcibly();
                strike.hasStruck = !strike.isOver;
                victim.onExit().get(DEADLINE_MS, TimeUnit.MILLISECONDS);
            }
            case STOPPED -> {
                TimeUnit.MILLISECONDS.sleep(strike.delayMs);
                stopForAWhile(executors().get(strike.which), strike);
            }
            case SLOW -> {
                strike.hasStruck = !strike.isOver;
                slowDown(executors().get(strike.which), strike);
            }
            case LOOP -> {
                while (!Files.exists(strike.mark) && !strike.isOver) {
                    TimeUnit.MILLISECONDS.sleep(10);
                }
                kindling.cancelJobGroup(strike.mark.toString());
            }
            case DISK_FULL -> {
                TimeUnit.MILLISECONDS.sleep(strike.delayMs);
                strike.hasStruck = !strike.isOver;
                keepFull(place.disks(), false, strike);
            }
            case DISKS_FULL -> keepFull(place.disks(), true, strike);
            default -> {}
        }
    }

    /** As long as the job runs: executors delete what is not wanted any more. */
    private static void keepFull(SmallDisks disks, boolean all, Strike strike) throws Exception {
        while (!strike.isOver) {
            disks.fill(all);
            TimeUnit.MILLISECONDS.sleep(10);
        }
        disks.free();
    }

    /** Unless its cluster ends it before: then it is replaced. */
    private static void stopForAWhile(ProcessHandle process, Strike strike) throws Exception {
        signal(process, "STOP");
        strike.hasStruck = !strike.isOver;
        try {
            process.onExit().get(strike.stoppedMs, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            signal(process, "CONT");
        }
    }

    /** As long as the job runs. */
    private static void slowDown(ProcessHandle process, Strike strike) throws Exception {
        while (!strike.isOver && process.isAlive()) {
            signal(process, "STOP");
            TimeUnit.MILLISECONDS.sleep(SLOW_STANDS_MS);
            signal(process, "CONT");
            TimeUnit.MILLISECONDS.sleep(SLOW_RUNS_MS);
        }
    }

    private static void signal(ProcessHandle process, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                .redirectErrorStream(true)
                .start()
                .waitFor();
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

    /**
     * Rows that cannot be packed, all of which go through files of a shuffle. Shuffles of earlier jobs, which nobody wants any
     * more, would fill the small disks if the driver did not look for them.
     */
    private static long requireWide(KindlingContext kindling) {
        long bytes = kindling.range(0, WIDE_ROWS, 1, TASKS)
                .mapToPair(n -> {
                    byte[] row = new byte[WIDE_ROW_BYTES];
                    new Random(n).nextBytes(row);
                    return Tuple2.of(n, row);
                })
                .repartition(TASKS)
                .map((n, row) -> (long) row.length)
                .reduce(Long::sum);
        if (bytes != (long) WIDE_ROWS * WIDE_ROW_BYTES) {
            throw new IllegalStateException(bytes + " bytes came instead of " + (long) WIDE_ROWS * WIDE_ROW_BYTES);
        }
        return bytes;
    }

    /** Work for the processor alone. */
    private static long requireLong(KindlingContext kindling) {
        long rows = LONG_TASKS * LONG_ROWS;
        long sum = kindling.range(0, rows, 1, LONG_TASKS).map(ChaosJobs::tired).reduce(Long::sum);
        if (sum != rows * (rows - 1) / 2) {
            throw new IllegalStateException("the sum is " + sum);
        }
        return sum;
    }

    /** The same number, later. */
    private static long tired(long number) {
        long state = number + 1;
        for (int step = 0; step < LONG_ROW_STEPS; step++) {
            state ^= state << 13;
            state ^= state >>> 7;
            state ^= state << 17;
        }
        return state == 0 ? -1 : number;
    }

    private long requireRight(long sum) {
        if (sum != rows * (rows - 1) / 2) {
            throw new IllegalStateException("the sum is " + sum + " instead of " + rows * (rows - 1) / 2);
        }
        return sum;
    }

    /** Two jobs read the same map outputs; before the second one bits of one of them are flipped. */
    private long readCorrupted(KindlingContext kindling, Strike strike, Path scratch) throws IOException {
        Set<Path> before = mapOutputs(scratch);
        PairRDD<Long, Long> sums = sums(kindling, Harm.NONE);
        requireRight(sums.map(Tuple2::_2).reduce(Long::sum));
        List<Path> own = mapOutputs(scratch).stream()
                .filter(file -> !before.contains(file))
                .sorted()
                .toList();
        flipBits(own.get((int) (strike.row % own.size())));
        strike.hasStruck = true;
        return requireRight(sums.map(Tuple2::_2).reduce(Long::sum));
    }

    /** Other shuffles are deleted meanwhile. */
    private static Set<Path> mapOutputs(Path scratch) throws IOException {
        Set<Path> found = new TreeSet<>();
        Files.walkFileTree(scratch, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".blocks")) {
                    found.add(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, IOException failure) {
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
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

        int count() {
            return times.size();
        }

        void add(Outcome outcome) {
            if (!outcome.wasStruck() && outcome.complaint().isEmpty()) {
                return;
            }
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
