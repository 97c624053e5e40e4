package dev.kindling.bench.spark;

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
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaRDDLike;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/** The works on Spark's RDDs. */
public final class SparkRdd implements Runs.Program {
    private final Request request;
    private final JavaSparkContext spark;
    private final SparkSetup.ShuffleBytes shuffleBytes;
    private JavaPairRDD<Long, Long> cached;
    private Answer answer = Answer.NONE;
    private Path output;

    private SparkRdd(Request request) {
        this.request = request;
        spark = new JavaSparkContext(SparkSetup.conf(request));
        shuffleBytes = SparkSetup.ShuffleBytes.of(spark.sc());
    }

    public static void main(String[] args) throws Exception {
        Runs.main(args, SparkRdd::new);
    }

    @Override
    public void run(int job) {
        answer = switch (request.work().kind()) {
            case ZIP_COUNT, ZIP_COUNT_COLUMNS -> zipCount();
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

    private Answer zipCount() {
        List<Tuple2<Integer, Long>> counts = lines().mapToPair(line -> {
                    String[] columns = Rows.columns(line);
                    return new Tuple2<>(Integer.parseInt(columns[0]), Integer.parseInt(columns[1]));
                })
                .groupByKey(request.work().partitions())
                .mapValues(SparkRdd::size)
                .sortByKey()
                .collect();
        long digest = 0;
        for (Tuple2<Integer, Long> count : counts) {
            digest = Digest.ordered(digest, Digest.mix(count._1(), count._2()));
        }
        return new Answer(counts.size(), digest);
    }

    /** What Spark's groups know of their size, they tell as Scala's. */
    private static long size(Iterable<?> group) {
        long size = 0;
        for (Iterator<?> values = group.iterator(); values.hasNext(); values.next()) {
            size++;
        }
        return size;
    }

    private Answer groupSum() {
        long rows = request.rows();
        JavaPairRDD<Long, Iterable<Long>> groups = numbers()
                .mapToPair(i -> new Tuple2<>(Rows.groupKey(i, rows), i))
                .groupByKey(request.work().partitions());
        return sum(groups.map(group -> {
            long sum = 0;
            for (long value : group._2()) {
                sum += value;
            }
            return Digest.mix(group._1(), sum);
        }));
    }

    private Answer sort(int job) {
        output = request.scratch().resolve("sorted-" + job);
        lines().mapToPair(line -> new Tuple2<>(Rows.recordKey(line), Rows.recordRest(line)))
                .sortByKey(true, request.work().partitions())
                .map(record -> record._1() + record._2())
                .saveAsTextFile(output.toUri().toString());
        return Answer.NONE;
    }

    private Answer wordCount() {
        List<Tuple2<String, Long>> counts = lines().flatMap(
                        line -> Arrays.asList(Rows.words(line)).iterator())
                .mapToPair(word -> new Tuple2<>(word, 1L))
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
            // As objects: the fastest level, and there is room for it.
            cached = numbers()
                    .mapToPair(i -> new Tuple2<>(i, Rows.cachedValue(i)))
                    .persist(StorageLevel.MEMORY_ONLY());
        }
        // Every run does the same: its first job is the one after a multiple.
        int pass = request.pass(job);
        return sum(cached.filter(pair -> Rows.isKept(pair._2(), pass)).map(pair -> pair._1() + pair._2()));
    }

    private Answer twoTasks() {
        List<Integer> numbers =
                spark.parallelize(List.of(1, 2), 2).map(i -> i + 1).collect();
        return new Answer(numbers.size(), Digest.mix(numbers.get(0), numbers.get(1)));
    }

    private Answer emptyTasks() {
        int tasks = (int) request.rows();
        return new Answer(
                spark.parallelize(Collections.<Integer>emptyList(), tasks).count(), tasks);
    }

    private Answer shuffleLongs() {
        return exchanged(
                numbers().mapToPair(i -> new Tuple2<>(Rows.shuffleKey(i), i)), row -> Digest.mix(row._1(), row._2()));
    }

    private Answer shuffleInts() {
        return exchanged(
                numbers().mapToPair(i -> new Tuple2<>((int) Rows.shuffleKey(i), i.intValue())),
                row -> Digest.mix(row._1(), row._2()));
    }

    private Answer shuffleStrings() {
        return exchanged(
                numbers().mapToPair(i -> new Tuple2<>(Rows.recordKeyOf(i), i)), row -> Rows.digest(row._1(), row._2()));
    }

    private Answer shuffleRecords() {
        return exchanged(
                numbers().mapToPair(i -> new Tuple2<>(Rows.recordKeyOf(i), Rows.recordRestOf(i))),
                row -> Rows.digest(row._1(), row._2()));
    }

    private Answer shuffleVisits() {
        return exchanged(
                numbers().mapToPair(i -> {
                    Visit visit = Rows.visitOf(i);
                    return new Tuple2<>(visit.id(), visit);
                }),
                row -> Rows.digest(row._2()));
    }

    /** A function of a row that can be sent. */
    private interface RowDigest<T> extends ToLongFunction<T>, Serializable {}

    private <K, V> Answer exchanged(JavaPairRDD<K, V> pairs, RowDigest<Tuple2<K, V>> digest) {
        return sum(pairs.partitionBy(new HashPartitioner(request.work().partitions())), digest);
    }

    private Answer sum(JavaRDD<Long> digests) {
        return sum(digests.map(digest -> digest), digest -> digest);
    }

    private static <T> Answer sum(JavaRDDLike<T, ?> rows, RowDigest<T> digest) {
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

    private JavaRDD<String> lines() {
        return spark.textFile(request.input(), request.work().inputPartitions());
    }

    private JavaRDD<Long> numbers() {
        return spark.sc()
                .range(0, request.rows(), 1, request.work().inputPartitions())
                .toJavaRDD()
                .map(i -> (Long) i);
    }

    @Override
    public Answer answer() throws IOException {
        return output == null ? answer : Digest.takeParts(output);
    }

    @Override
    public long shuffleBytes() {
        return shuffleBytes.written(spark.sc());
    }

    @Override
    public void close() {
        spark.close();
    }
}
