// SPDX-License-Identifier: Apache-2.0
#include "server/audit/writer.h"

#include <cerrno>

#include "server/audit/directory.h"
#include "server/audit/head.h"

namespace scrim::audit {

Writer::Writer(Files& files, std::string directory, std::uint64_t segmentBytes, std::string key, Recovered start)
    : files_(files),
      directory_(std::move(directory)),
      segmentBytes_(segmentBytes),
      key_(std::move(key)),
      journal_(std::move(start.journal)),
      chain_(start.end.last),
      segment_(std::move(start.segmentFile)),
      head_(std::move(start.headFile)),
      written_(start.end),
      synced_(start.end),
      headerSize_(start.headerSize),
      beginSegment_(start.needsNewSegment) {}

int Writer::write(Batch batch) {
  chain_.seal(batch);
  waiting_.push_back(std::move(batch));
  return writeWaiting();
}

int Writer::writeWaiting() {
  while (!waiting_.empty()) {
    Batch& batch = waiting_.front();
    if (beginSegment_ || written_.size + batch.bytes.size() > segmentBytes_) {
      if (const int problem = openNext(); problem != 0) return problem;
    }
    if (const int problem = segment_->writeAt(batch.bytes, written_.size); problem != 0) {
      segment_->truncate(written_.size);  // if this fails too, restore() tries again before anything else
      return problem;
    }
    written_.size += batch.bytes.size();
    written_.last = batch.last;
    unsyncedBytes_ += batch.bytes.size();
    unsynced_.push_back(std::move(batch));
    waiting_.pop_front();
  }
  return 0;
}

int Writer::openNext() {
  const SegmentHeader header{journal_, written_.segment + 1, written_.last, false};
  const std::string line = renderHeader(header, key_);
  const std::string path = segmentPath(directory_, header.segment);
  std::unique_ptr<File> file;
  int problem = files_.open(path, OpenMode::createEmpty, file);
  if (problem != 0) return problem;
  problem = file->writeAt(line, 0);
  if (problem != 0) {
    files_.remove(path);  // harmless if it stays: recovery drops a segment without a header
    return problem;
  }
  toSync_.push_back(std::move(segment_));
  segment_ = std::move(file);
  written_.segment = header.segment;
  written_.size = headerSize_ = line.size();
  directoryChanged_ = true;
  beginSegment_ = false;
  return 0;
}

int Writer::restore() {
  int problem = distrusted_ ? rewrite() : cutTornTail();
  if (problem == 0) problem = removeLeftovers();
  if (problem == 0) problem = writeWaiting();
  if (problem == 0) problem = writeHead(false);
  return problem;
}

// Also proves that the file still ends where, and with what, it should.
int Writer::cutTornTail() {
  std::uint64_t size = 0;
  bool linked = false;
  if (const int problem = segment_->state(size, linked); problem != 0) return problem;
  if (!linked || size < written_.size) return ESTALE;
  if (const int problem = segment_->truncate(written_.size); problem != 0) return problem;
  if (written_.size == headerSize_) return 0;
  const std::string expected = base::toHex(written_.last.hash) + "\"}\n";
  std::string end;
  if (const int problem = segment_->readAt(end, written_.size - expected.size(), expected.size()); problem != 0) {
    return problem;
  }
  return end == expected ? 0 : ESTALE;
}

int Writer::rewrite() {
  const SegmentHeader header{journal_, written_.segment + 1, synced_.last, true};
  const std::string path = segmentPath(directory_, header.segment);
  const std::string temporary = path + ".tmp";
  std::unique_ptr<File> file;
  int problem = files_.open(temporary, OpenMode::createEmpty, file);
  if (problem != 0) return problem;
  Position end{header.segment, 0, synced_.last};
  const std::string line = renderHeader(header, key_);
  problem = fillNew(*file, line, end);
  if (problem == 0) problem = files_.rename(temporary, path);
  if (problem == 0) problem = files_.syncDirectory(directory_);
  if (problem != 0) return problem;
  leftover_ = synced_;
  headerSize_ = line.size();
  segment_ = std::move(file);
  written_ = synced_ = end;
  unsynced_.clear();
  waiting_.clear();
  toSync_.clear();
  unsyncedBytes_ = 0;
  directoryChanged_ = false;
  distrusted_ = false;
  beginSegment_ = false;
  ++repairs_;
  return 0;
}

int Writer::fillNew(File& file, std::string_view header, Position& end) {
  if (const int problem = file.writeAt(header, 0); problem != 0) return problem;
  end.size = header.size();
  for (const auto* batches : {&unsynced_, &waiting_}) {
    for (const Batch& batch : *batches) {
      if (const int problem = file.writeAt(batch.bytes, end.size); problem != 0) return problem;
      end.size += batch.bytes.size();
      end.last = batch.last;
    }
  }
  return file.sync();
}

int Writer::removeLeftovers() {
  if (!leftover_) return 0;
  for (std::uint64_t number = written_.segment - 1; number > leftover_->segment; --number) {
    const int problem = files_.remove(segmentPath(directory_, number));
    if (problem != 0 && problem != ENOENT) return problem;
  }
  std::unique_ptr<File> old;
  int problem = files_.open(segmentPath(directory_, leftover_->segment), OpenMode::readWrite, old);
  if (problem == 0) problem = old->truncate(leftover_->size);
  if (problem == 0) problem = old->sync();
  if (problem == 0) problem = files_.syncDirectory(directory_);
  if (problem == 0) leftover_.reset();
  return problem;
}

SyncPlan Writer::planSync() {
  SyncPlan plan{toSync_, directoryChanged_, written_, repairs_};
  plan.files.push_back(segment_);
  return plan;
}

int Writer::synced(const SyncPlan& plan) {
  if (plan.repairs != repairs_) return 0;
  // The plan's last file was the open segment; if it has been closed since, it has newer records and stays listed.
  toSync_.erase(toSync_.begin(), toSync_.begin() + static_cast<std::ptrdiff_t>(plan.files.size() - 1));
  if (plan.target.segment == written_.segment) directoryChanged_ = false;
  synced_ = plan.target;
  forget(plan.target.last.sequence);
  return writeHead(false);
}

void Writer::forget(std::uint64_t upTo) {
  while (!unsynced_.empty() && unsynced_.front().last.sequence <= upTo) {
    unsyncedBytes_ -= unsynced_.front().bytes.size();
    if (spares_.size() < 4 && unsynced_.front().bytes.capacity() < (4U << 20U)) {
      spares_.push_back(std::move(unsynced_.front()));
    }
    unsynced_.pop_front();
  }
}

Batch Writer::spare() {
  if (spares_.empty()) return {};
  Batch batch = std::move(spares_.back());
  spares_.pop_back();
  batch.clear();
  return batch;
}

int Writer::writeHead(bool closed) {
  const Head head{journal_, synced_.segment, synced_.size, synced_.last, closed};
  return head_->writeAt(renderHead(head, key_), 0);
}

int Writer::close() {
  if (distrusted_ || !waiting_.empty() || written_.last != synced_.last) return EIO;
  const int problem = writeHead(true);
  return problem != 0 ? problem : head_->sync();
}

}  // namespace scrim::audit
