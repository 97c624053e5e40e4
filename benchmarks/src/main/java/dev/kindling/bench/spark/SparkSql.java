package dev.kindling.bench.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.split;

import dev.kindling.bench.work.Digest;
import dev.kindling.bench.work.Request;
import dev.kindling.bench.work.Rows;
import dev.kindling.bench.work.Rows.Answer;
import dev.kindling.bench.work.Runs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The works as queries of Spark SQL, without a function of the user. */
public final class SparkSql implements Runs.Program {
    private final Request request;
    private final SparkSession spark;
    private final SparkSetup.ShuffleBytes shuffleBytes;
    private Dataset<Row> cached;
    private Answer answer = Answer.NONE;
    private Path output;

    private SparkSql(Request request) {
        this.request = request;
        spark = SparkSession.builder().config(SparkSetup.conf(request)).getOrCreate();
        shuffleBytes = SparkSetup.ShuffleBytes.of(spark.sparkContext());
    }

    public static void main(String[] args) throws Exception {
        Runs.main(args, SparkSql::new);
    }

    @Override
    public void run(int job) {
        answer = switch (request.work().kind()) {
            case ZIP_COUNT, ZIP_COUNT_COLUMNS -> zipCount();
            case GROUP_SUM -> groupSum();
            case SORT -> sort(job);
            case WORD_COUNT -> wordCount();
            case CACHED_PASSES -> cachedPass(job);
            case SHUFFLE_LONGS -> shuffleLongs();
            default ->
                throw new IllegalArgumentException(request.work().id() + " has no query; it is run on RDDs alone");
        };
    }

    private Answer zipCount() {
        List<Row> counts = spark.read()
                .option("sep", "\t")
                .schema("zip INT, value INT")
                .csv(request.input())
                .groupBy("zip")
                .count()
                .orderBy("zip")
                .collectAsList();
        long digest = 0;
        for (Row count : counts) {
            digest = Digest.ordered(digest, Digest.mix(count.getInt(0), count.getLong(1)));
        }
        return new Answer(counts.size(), digest);
    }

    private Answer groupSum() {
        long keys = Math.max(1, request.rows() / 2);
        return sum(numbers()
                .selectExpr("shiftrightunsigned(id * 2654435761L, 7) % " + keys + "L AS key", "id")
                .groupBy("key")
                .sum("id"));
    }

    private Answer sort(int job) {
        output = request.scratch().resolve("sorted-" + job);
        spark.read()
                .text(request.input())
                .sort(expr("substring(value, 1, " + Rows.KEY_CHARS + ")"))
                .write()
                .text(output.toUri().toString());
        return Answer.NONE;
    }

    private Answer wordCount() {
        Answer found = Answer.NONE;
        for (Row count : spark.read()
                .text(request.input())
                .select(explode(split(col("value"), " ")).as("word"))
                .groupBy("word")
                .count()
                .collectAsList()) {
            found = found.plusRow(Rows.digest(count.getString(0), count.getLong(1)));
        }
        return found;
    }

    private Answer cachedPass(int job) {
        if (cached == null) {
            cached = numbers().selectExpr("id", "id * 7919 % 1000003 AS value").cache();
        }
        Row sums = cached.where("(value + " + request.pass(job) + ") % 3 <> 0")
                .selectExpr("count(*)", "coalesce(sum(id + value), 0)")
                .head();
        return new Answer(sums.getLong(0), sums.getLong(1));
    }

    private Answer shuffleLongs() {
        return sum(numbers()
                .selectExpr("shiftrightunsigned(id * 2654435761L, 5) AS key", "id")
                .repartition(request.work().partitions(), col("key")));
    }

    /** The rows of two columns of longs: {@link Digest#mix} in SQL. */
    private static Answer sum(Dataset<Row> pairs) {
        Row sums = pairs.toDF("a", "b")
                .selectExpr("a * " + Digest.FIRST + "L + b * " + Digest.SECOND + "L AS mixed")
                .selectExpr("(mixed ^ shiftrightunsigned(mixed, 32)) * " + Digest.THIRD + "L AS mixed")
                .selectExpr("count(*)", "coalesce(sum(mixed ^ shiftrightunsigned(mixed, 29)), 0)")
                .head();
        return new Answer(sums.getLong(0), sums.getLong(1));
    }

    private Dataset<Row> numbers() {
        return spark.range(0, request.rows(), 1, request.work().inputPartitions())
                .toDF();
    }

    @Override
    public Answer answer() throws IOException {
        return output == null ? answer : Digest.takeParts(output);
    }

    @Override
    public long shuffleBytes() {
        return shuffleBytes.written(spark.sparkContext());
    }

    @Override
    public void close() {
        spark.stop();
    }
}
