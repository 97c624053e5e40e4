package dev.kindling.bench.compare;

import dev.kindling.api.Column;
import dev.kindling.api.Groups;
import dev.kindling.api.HashPartitioner;
import dev.kindling.api.KindlingConf;
import dev.kindling.api.KindlingContext;
import dev.kindling.api.KindlingListener;
import dev.kindling.api.PairRDD;
import dev.kindling.api.RDD;
import dev.kindling.api.Tuple2;
import dev.kindling.bench.work.Digest;
import dev.kindling.bench.work.Request;
import dev.kindling.bench.work.Rows;
import dev.kindling.bench.work.Rows.Answer;
import dev.kindling.bench.work.Rows.Visit;
import dev.kindling.bench.work.Runs;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** The works on our sets, with the settings that a program gets which names none. */
public final class KindlingPrograms implements Runs.Program {
    private static final String LAST = "last-of-run";

    private final Request request;
    private final KindlingContext kindling;
    private final ShuffleBytes shuffleBytes = new ShuffleBytes();
    private PairRDD<Long, Long> cached;
    private Answer answer = Answer.NONE;
    private Path output;

    private KindlingPrograms(Request request) {
        this.request = request;
        kindling = new KindlingContext(new KindlingConf()
                .setMaster(request.master())
                .setAppName(request.work().id())
                .set("kindling.scratch.dirs", request.scratch().toString()));
        kindling.addListener(shuffleBytes);
    }

    public static void main(String[] args) throws Exception {
        Runs.main(args, KindlingPrograms::new);
    }

    @Override
    public void run(int job) {
        answer = switch (request.work().kind()) {
            case ZIP_COUNT ->
                zipCount(lines().mapToPair(line -> {
                    String[] columns = Rows.columns(line);
                    return Tuple2.of(Integer.parseInt(columns[0]), Integer.parseInt(columns[1]));
                }));
            case ZIP_COUNT_COLUMNS ->
                zipCount(kindling.textColumns(
                        request.input(),
                        '\t',
                        Column.ints(0),
                        Column.ints(1),
                        request.work().inputPartitions()));
            case GROUP_SUM -> groupSum();
            case SORT -> sort(job);
            case WORD_COUNT -> wordCount();
            case CACHED_PASSES -> cachedPass(job);
            case TWO_TASKS -> twoTasks();
            case EMPTY_TASKS -> emptyTasks();
            case SHUFFLE_LONGS -> shuffleLongs();
            case SHUFFLE_INTS -> shuffleInts();
            case SHUFFLE_STRINGS -> shuffleStrings();
            case SHUFFLE_RECORDS -> shuffleRecords();
            case SHUFFLE_VISITS -> shuffleVisits();
        };
    }

    private Answer zipCount(PairRDD<Integer, Integer> rows) {
        List<Tuple2<Integer, Long>> counts = rows.groupByKey(request.work().partitions())
                .mapValues(Groups::size)
                .sortByKey()
                .collect();
        long digest = 0;
        for (Tuple2<Integer, Long> count : counts) {
            digest = Digest.ordered(digest, Digest.mix(count._1(), count._2()));
        }
        return new Answer(counts.size(), digest);
    }

    private Answer groupSum() {
        long rows = request.rows();
        PairRDD<Long, Iterable<Long>> groups = numbers()
                .mapToPair(i -> Tuple2.of(Rows.groupKey(i, rows), i))
                .groupByKey(request.work().partitions());
        return sum(
                groups.map((key, values) -> {
                    long sum = 0;
                    for (long value : values) {
                        sum += value;
                    }
                    return Digest.mix(key, sum);
                }),
                digest -> digest);
    }

    private Answer sort(int job) {
        output = request.scratch().resolve("sorted-" + job);
        lines().mapToPair(line -> Tuple2.of(Rows.recordKey(line), Rows.recordRest(line)))
                .sortByKey(true, request.work().partitions())
                .map((key, rest) -> key + rest)
                .saveAsTextFile(output.toString());
        return Answer.NONE;
    }

    private Answer wordCount() {
        List<Tuple2<String, Long>> counts = lines().flatMap(
                        line -> Arrays.asList(Rows.words(line)).iterator())
                .mapToPair(word -> Tuple2.of(word, 1L))
                .reduceByKey(Long::sum, request.work().partitions())
                .collect();
        Answer found = Answer.NONE;
        for (Tuple2<String, Long> count : counts) {
            found = found.plusRow(Rows.digest(count._1(), count._2()));
        }
        return found;
    }

    private Answer cachedPass(int job) {
        if (cached == null) {
            cached = numbers().mapToPair(i -> Tuple2.of(i, Rows.cachedValue(i))).cache();
        }
        int pass = request.pass(job);
        return sum(
                cached.filter((id, value) -> Rows.isKept(value, pass)).map((id, value) -> id + value),
                number -> number);
    }

    private Answer twoTasks() {
        List<Integer> numbers =
                kindling.parallelize(List.of(1, 2), 2).map(i -> i + 1).collect();
        return new Answer(numbers.size(), Digest.mix(numbers.get(0), numbers.get(1)));
    }

    private Answer emptyTasks() {
        int tasks = (int) request.rows();
        return new Answer(kindling.parallelize(List.<Integer>of(), tasks).count(), tasks);
    }

    private Answer shuffleLongs() {
        return exchanged(
                numbers().mapToPair(i -> Tuple2.of(Rows.shuffleKey(i), i)), row -> Digest.mix(row._1(), row._2()));
    }

    private Answer shuffleInts() {
        return exchanged(
                numbers().mapToPair(i -> Tuple2.of((int) Rows.shuffleKey(i), i.intValue())),
                row -> Digest.mix(row._1(), row._2()));
    }

    private Answer shuffleStrings() {
        return exchanged(
                numbers().mapToPair(i -> Tuple2.of(Rows.recordKeyOf(i), i)), row -> Rows.digest(row._1(), row._2()));
    }

    private Answer shuffleRecords() {
        return exchanged(
                numbers().mapToPair(i -> Tuple2.of(Rows.recordKeyOf(i), Rows.recordRestOf(i))),
                row -> Rows.digest(row._1(), row._2()));
    }

    private Answer shuffleVisits() {
        return exchanged(
                numbers().mapToPair(i -> {
                    Visit visit = Rows.visitOf(i);
                    return Tuple2.of(visit.id(), visit);
                }),
                row -> Rows.digest(row._2()));
    }

    /** A function of a row that can be sent. */
    private interface RowDigest<T> extends ToLongFunction<T>, Serializable {}

    private <K, V> Answer exchanged(PairRDD<K, V> pairs, RowDigest<Tuple2<K, V>> digest) {
        return sum(pairs.partitionBy(new HashPartitioner(request.work().partitions())), digest);
    }

    private static <T> Answer sum(RDD<T> rows, RowDigest<T> digest) {
        return rows
                .mapPartitions(partition -> {
                    long count = 0;
                    long sum = 0;
                    while (partition.hasNext()) {
                        sum += digest.applyAsLong(partition.next());
                        count++;
                    }
                    return List.of(new Answer(count, sum)).iterator();
                })
                .collect()
                .stream()
                .reduce(Answer.NONE, Answer::plus);
    }

    private RDD<String> lines() {
        return kindling.textFile(request.input(), request.work().inputPartitions());
    }

    private RDD<Long> numbers() {
        return kindling.range(0, request.rows(), 1, request.work().inputPartitions());
    }

    @Override
    public Answer answer() throws IOException {
        return output == null ? answer : Digest.takeParts(output);
    }

    @Override
    public long shuffleBytes() throws InterruptedException {
        // Listeners are told later: when this one has heard of the last job, it has heard of those before.
        try (var scope = kindling.withJobGroup(LAST, "")) {
            kindling.parallelize(List.of(1), 1).count();
        }
        return shuffleBytes.untilLast();
    }

    @Override
    public void close() {
        kindling.close();
    }

    /** Adds up what tasks say they wrote to shuffles. */
    private static final class ShuffleBytes implements KindlingListener {
        private final Semaphore lasts = new Semaphore(0);
        private long written;

        @Override
        public void onJobStart(Event.JobStart start) {
            if (start.properties().containsValue(LAST)) {
                lasts.release();
            }
        }

        @Override
        public synchronized void onTaskEnd(Event.TaskEnd end) {
            written += end.metrics().shuffleBytesWritten();
        }

        long untilLast() throws InterruptedException {
            if (!lasts.tryAcquire(1, TimeUnit.MINUTES)) {
                throw new IllegalStateException("the listener did not hear of all tasks");
            }
            synchronized (this) {
                return written;
            }
        }
    }
}
