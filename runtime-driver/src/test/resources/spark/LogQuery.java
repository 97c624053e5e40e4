import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.api.java.function.VoidFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;
import scala.Tuple3;

public final class LogQuery {
    private static final List<String> LOG = Arrays.asList(
            "10.0.0.1 - mia [01/Jan/2026] \"GET /a HTTP/1.1\" 200 100 \"-\" \"curl\"",
            "10.0.0.1 - mia [01/Jan/2026] \"GET /a HTTP/1.1\" 200 150 \"-\" \"curl\"",
            "10.0.0.2 - - [01/Jan/2026] \"GET /b HTTP/1.1\" 200 7 \"-\" \"curl\"",
            "nonsense");

    private static final Pattern LINE = Pattern.compile("^(\\S+) - (\\S+) \\[[^\\]]+\\] \"([^\"]+)\" (\\d+) (\\d+).*");

    /** How many requests, and their bytes. */
    public static class Stats implements Serializable {
        private final int count;
        private final int numBytes;

        public Stats(int count, int numBytes) {
            this.count = count;
            this.numBytes = numBytes;
        }

        public Stats merge(Stats other) {
            return new Stats(count + other.count, numBytes + other.numBytes);
        }

        @Override
        public String toString() {
            return String.format("bytes=%s n=%s", numBytes, count);
        }
    }

    static Tuple3<String, String, String> extractKey(String line) {
        Matcher matcher = LINE.matcher(line);
        if (matcher.find()) {
            return new Tuple3<>(matcher.group(1), matcher.group(2), matcher.group(3));
        }
        return new Tuple3<>(null, null, null);
    }

    static Stats extractStats(String line) {
        Matcher matcher = LINE.matcher(line);
        return matcher.find() ? new Stats(1, Integer.parseInt(matcher.group(5))) : new Stats(1, 0);
    }

    public static void main(String[] args) {
        SparkConf conf = new SparkConf().setAppName("LogQuery").setMaster("local[2]");
        JavaSparkContext sc = new JavaSparkContext(conf);
        JavaRDD<String> log = sc.parallelize(LOG);
        Broadcast<String> nobody = sc.broadcast("-");
        LongAccumulator unread = sc.sc().longAccumulator();

        log.foreach(new VoidFunction<String>() {
            @Override
            public void call(String line) {
                if (extractKey(line)._1() == null) {
                    unread.add(1L);
                }
            }
        });
        JavaPairRDD<Tuple3<String, String, String>, Stats> stats = log.filter(new Function<String, Boolean>() {
                    @Override
                    public Boolean call(String line) {
                        return extractKey(line)._2() != null
                                && !extractKey(line)._2().equals(nobody.value());
                    }
                })
                .mapToPair(line -> new Tuple2<>(extractKey(line), extractStats(line)))
                .reduceByKey(Stats::merge);

        for (Tuple2<?, ?> entry : stats.collect()) {
            System.out.println(entry._1() + "\t" + entry._2());
        }
        System.out.println(unread.value() + " lines unread, mean bytes "
                + log.mapToDouble(line -> extractStats(line).numBytes).mean());
        sc.stop();
    }
}
