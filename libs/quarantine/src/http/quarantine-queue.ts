import { Cursors, cursorScope, setNextPage, WALK_BY_OFFSET } from '#zakops/http';
import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { Request, Response } from 'express';
import { senderAddress } from '../domain/sender-address.js';
import { ListItems } from '../queries/list-items/list-items.query.js';
import { PreviewItem } from '../queries/preview-item/preview-item.query.js';
import { toQuarantineItemResponse } from './dto/item.response.js';
import type { QuarantineItemResponse } from './dto/item.response.js';
import { ITEM_PLACE_RULES } from './dto/list-items.params.js';
import type { ListItemsParams } from './dto/list-items.params.js';
import { toQuarantinePreviewResponse } from './dto/preview.response.js';
import type { QuarantinePreviewResponse } from './dto/preview.response.js';

/** How the queue is walked. */
export const QUEUE_WALK = `A walk by \`cursor\` misses no mail that is in the list throughout. ${WALK_BY_OFFSET}`;

/** Answers of the queue, which is served under two paths. */
@Injectable()
export class QuarantineQueue {
  constructor(
    private readonly queries: QueryBus,
    private readonly cursors: Cursors,
  ) {}

  async list(params: ListItemsParams, request: Request, response: Response): Promise<QuarantineItemResponse[]> {
    const { status, classification, urgency, hidden, limit, offset, cursor } = params;
    // An address that is none fits no mail.
    const sender = params.sender === undefined ? undefined : (senderAddress(params.sender) ?? '');
    const scope = cursorScope('quarantine', { status, classification, urgency, sender, hidden: String(hidden) });
    const after = this.cursors.read(scope, cursor, ITEM_PLACE_RULES);
    const filter = { status, classification, urgency, sender, hidden };
    const page = await this.queries.execute(new ListItems(filter, limit, after === undefined ? { offset } : { after }));
    setNextPage(request, response, this.cursors.write(scope, page.next && { ...page.next }));
    return page.items.map(toQuarantineItemResponse);
  }

  async preview(id: string): Promise<QuarantinePreviewResponse> {
    return toQuarantinePreviewResponse(await this.queries.execute(new PreviewItem(id)));
  }
}
