package dev.weir.cluster;

import dev.weir.cluster.job.CaptureJob;
import dev.weir.cluster.job.RecordFormat;
import dev.weir.cluster.job.SightingJob;
import dev.weir.server.config.ClusterJob.RecordFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.jspecify.annotations.Nullable;

/** Records into files of a folder. */
record FileOutput(RecordFiles files, Path folder, String run) implements JobOutput {
    static FileOutput of(RecordFiles files, @Nullable String from) throws JobFailure {
        Path folder = Path.of(files.folder()).toAbsolutePath().normalize();
        refuseOld(folder, from);
        return new FileOutput(files, folder, CaptureJob.newRun());
    }

    /** Records of an earlier run would be taken for this one's. */
    private static void refuseOld(Path folder, @Nullable String from) throws JobFailure {
        if (from != null || !Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> there = Files.list(folder)) {
            List<String> names =
                    there.map(each -> String.valueOf(each.getFileName())).toList();
            if (names.stream().anyMatch(CaptureJob::isRecordFile)) {
                throw new JobFailure(folder + ": has records of an earlier run; remove them, or give another folder");
            }
            if (names.stream().anyMatch(CaptureJob::isHiddenFile)) {
                throw new JobFailure(folder + ": has hidden files (.part-*) of a run that was killed, or still goes on;"
                        + " go on from its checkpoint (--from), remove them, or give another folder");
            }
        } catch (IOException e) {
            throw new JobFailure(folder + ": cannot be read: " + e.getMessage() + "; give another folder");
        }
    }

    private RecordFormat format() {
        return RecordFormat.valueOf(files.format().name());
    }

    @Override
    public void records(DataStream<byte[]> flows, int timeDigits) {
        CaptureJob.toFiles(
                flows, folder.toString(), format(), files.timeDigits().orElse(timeDigits), run);
    }

    @Override
    public void joined(DataStream<byte[]> flows, int timeDigits) {
        SightingJob.toFiles(
                flows, folder.toString(), format(), files.timeDigits().orElse(timeDigits), run);
    }

    @Override
    public void giveUp() {
        CaptureJob.removeHidden(folder, run);
    }

    @Override
    public void end(boolean again) {
        CaptureJob.removeHidden(folder, again ? null : run);
    }

    @Override
    public String remedy(String thrown) {
        return "see the log of the engine";
    }
}
