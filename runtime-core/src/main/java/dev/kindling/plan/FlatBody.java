package dev.kindling.plan;

import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * How a {@link StageBody} is written: its nodes side by side, each naming its parents by position. Written as a tree,
 * Java serialization would go as deep as the longest chain of sets and end the thread's stack at about a thousand.
 */
final class FlatBody {
    private FlatBody() {}

    static void write(StageBody body, ObjectOutput out) throws IOException {
        List<PlanNode> order = PlanOrder.parentsFirst(body.root(), node -> false);
        IdentityHashMap<PlanNode, Integer> positions = new IdentityHashMap<>();
        out.writeInt(body.stageId());
        out.writeInt(order.size());
        for (PlanNode node : order) {
            positions.put(node, positions.size());
            List<PlanNode> parents = node.parents();
            out.writeInt(parents.size());
            for (PlanNode parent : parents) {
                out.writeInt(positions.get(parent));
            }
            PlanForm.write(node, out);
        }
        PlanForm.write(body.sink(), out);
    }

    static StageBody read(ObjectInput in) throws IOException, ClassNotFoundException {
        int stageId = in.readInt();
        int count = in.readInt();
        List<PlanNode> made = new ArrayList<>();
        while (made.size() < count) {
            int parentCount = in.readInt();
            List<PlanNode> parents = new ArrayList<>();
            while (parents.size() < parentCount) {
                parents.add(made.get(in.readInt()));
            }
            made.add(PlanForm.readNode(parents, in));
        }
        return new StageBody(stageId, made.get(count - 1), PlanForm.readSink(in));
    }
}
