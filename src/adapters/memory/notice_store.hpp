#pragma once

#include <tiketi/notice/store.hpp>

#include <memory>

namespace tiketi::memory {

std::unique_ptr<NoticeStore> make_notice_store();

}  // namespace tiketi::memory
