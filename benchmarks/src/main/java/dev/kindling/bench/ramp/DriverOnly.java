package dev.kindling.bench.ramp;

import static dev.kindling.bench.ramp.SparkEngine.cannotTranslate;

import dev.kindling.api.Accumulator;
import dev.kindling.api.ErrorCode;
import dev.kindling.api.KindlingException;
import dev.kindling.plan.PlanNode;
import dev.kindling.rdd.JobRequest;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.List;

/**
 * Looks for accumulators in what the functions of a job capture: in a task of Spark they would take what they are given,
 * and the program would never see it.
 */
final class DriverOnly extends ObjectOutputStream {
    private final JobRequest request;

    private DriverOnly(JobRequest request) throws IOException {
        super(OutputStream.nullOutputStream());
        this.request = request;
        enableReplaceObject(true);
    }

    static void check(List<PlanNode> nodes, JobRequest request) {
        try (DriverOnly functions = new DriverOnly(request)) {
            for (PlanNode node : nodes) {
                functions.writeObject(node.withParents(List.of()));
            }
            functions.writeObject(request.sink());
        } catch (IOException e) {
            throw new KindlingException(
                    ErrorCode.NOT_SERIALIZABLE,
                    request.description() + ": Spark cannot send a function of this job: " + e
                            + "; make what it captures Serializable",
                    e);
        }
    }

    @Override
    protected Object replaceObject(Object part) {
        if (part instanceof Accumulator) {
            throw cannotTranslate(request.description(), "an accumulator", "count with an action instead");
        }
        return part;
    }
}
