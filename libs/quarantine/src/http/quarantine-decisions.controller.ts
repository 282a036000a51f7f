import { CurrentPrincipal, onBehalfNote, RequirePermission } from '#zakops/auth';
import type { Principal } from '#zakops/auth';
import { ETAG_HEADER, IfMatch, InputError, ProblemResponses, toETag } from '#zakops/http';
import { Idempotent } from '#zakops/idempotency';
import type { AcceptedVersions } from '#zakops/kernel';
import { Body, Controller, Delete, HttpCode, Param, Post, Res } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { DecideItem } from '../commands/decide-item/decide-item.command.js';
import type { DecidedItem, ItemDecision } from '../commands/decide-item/decide-item.command.js';
import { DecideItems } from '../commands/decide-items/decide-items.command.js';
import {
  ApproveItemRequest,
  DecideItemsRequest,
  HideItemsRequest,
  ItemPath,
  ProcessItemRequest,
  PutAsideRequest,
  ResolveItemRequest,
  toTarget,
} from './dto/decision.request.js';
import { DecidedItemResponse, DecideItemsResponse, toDecidedItemResponse, toDecideItemsResponse } from './dto/decision.response.js';

const REFUSALS = ['QUARANTINE_ITEM_NOT_FOUND', 'CONFLICT', 'PRECONDITION_FAILED'] as const;
const DECIDED = ['QUARANTINE_ITEM_DECIDED'] as const;
const OF_DEAL = ['DEAL_NOT_FOUND', 'DEAL_MERGED', 'EVENT_TOO_LARGE'] as const;
const RESULT = { type: DecidedItemResponse, description: 'The decision.', headers: ETAG_HEADER } as const;

/** Decisions on mail in quarantine. */
@ApiTags('quarantine')
@Controller('api/quarantine')
export class QuarantineDecisionsController {
  constructor(private readonly commands: CommandBus) {}

  @Post('bulk')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'decideQuarantine',
    summary: 'Decide on up to 500 mails alike',
    description:
      'All in one transaction. An item that refuses is named with its code, and does not hold back the others. Proposals are made from the deals ' +
      'before the call: two mails about one new company open two deals.',
  })
  @ApiOkResponse({ type: DecideItemsResponse, description: 'A result for each item.' })
  @ProblemResponses('EVENT_TOO_LARGE')
  async decideMany(@Body() body: DecideItemsRequest, @CurrentPrincipal() principal: Principal): Promise<DecideItemsResponse> {
    const { ids, action, reason, operator } = body;
    const decision = toDecision(action, reason ?? null);
    return toDecideItemsResponse(
      await this.commands.execute(new DecideItems(ids, decision, principal.email, onBehalfNote(operator, principal))),
    );
  }

  @Post('bulk-delete')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'hideQuarantine',
    summary: 'Hide up to 500 mails',
    description: 'As `bulk` with `hide`: nothing is deleted.',
  })
  @ApiOkResponse({ type: DecideItemsResponse, description: 'A result for each item.' })
  async hideMany(@Body() { ids, operator }: HideItemsRequest, @CurrentPrincipal() principal: Principal): Promise<DecideItemsResponse> {
    return toDecideItemsResponse(
      await this.commands.execute(new DecideItems(ids, { kind: 'hide' }, principal.email, onBehalfNote(operator, principal))),
    );
  }

  @Post(':id/process')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'processQuarantineItem',
    summary: 'Approve or reject a mail',
    description: 'An approval without `deal_id` opens a deal from company, broker and sender; it follows no proposal, as `approve` does.',
  })
  @ApiOkResponse(RESULT)
  @ProblemResponses(...REFUSALS, ...DECIDED, ...OF_DEAL)
  async process(
    @Param() { id }: ItemPath,
    @Body() { action, deal_id: dealId, notes, processed_by: operator }: ProcessItemRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DecidedItemResponse> {
    const decision: ItemDecision =
      action === 'reject'
        ? { kind: 'reject', reason: notes ?? null }
        : { kind: 'approve', target: dealId === undefined || dealId === null ? { deal: 'new' } : { dealId } };
    return this.decide(response, id, decision, principal, accepted, { note: notes, operator });
  }

  @Post(':id/approve')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'approveQuarantineItem',
    summary: 'Approve a mail',
    description:
      'Links it to the given deal; else to the default proposal, which the answer names with its reasons; else opens a deal. ' +
      'Of two operators at one item one wins; the other is answered with 409 and the name of the first.',
  })
  @ApiOkResponse(RESULT)
  @ProblemResponses(...REFUSALS, ...DECIDED, ...OF_DEAL)
  async approve(
    @Param() { id }: ItemPath,
    @Body() body: ApproveItemRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DecidedItemResponse> {
    const { notes: note, operator } = body;
    return this.decide(response, id, { kind: 'approve', target: toTarget(body) }, principal, accepted, { note, operator });
  }

  @Post(':id/reject')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({ operationId: 'rejectQuarantineItem', summary: 'Reject a mail', description: 'With a reason, which is kept.' })
  @ApiOkResponse(RESULT)
  @ProblemResponses(...REFUSALS, ...DECIDED)
  async reject(
    @Param() { id }: ItemPath,
    @Body() { reason, notes: note, operator }: PutAsideRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DecidedItemResponse> {
    return this.decide(response, id, { kind: 'reject', reason: reason ?? null }, principal, accepted, { note, operator });
  }

  @Post(':id/discard')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({ operationId: 'discardQuarantineItem', summary: 'Put a mail aside', description: 'Without a judgement of its sender.' })
  @ApiOkResponse(RESULT)
  @ProblemResponses(...REFUSALS, ...DECIDED)
  async discard(
    @Param() { id }: ItemPath,
    @Body() { reason, notes: note, operator }: PutAsideRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DecidedItemResponse> {
    return this.decide(response, id, { kind: 'discard', reason: reason ?? null }, principal, accepted, { note, operator });
  }

  @Post(':id/restore')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'restoreQuarantineItem',
    summary: 'Have a mail wait for a decision again',
    description: 'Of a rejected, discarded, expired or hidden one. An approval is undone instead.',
  })
  @ApiOkResponse(RESULT)
  @ProblemResponses(...REFUSALS)
  async restore(
    @Param() { id }: ItemPath,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DecidedItemResponse> {
    return this.decide(response, id, { kind: 'restore' }, principal, accepted);
  }

  @Post(':id/undo')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'undoQuarantineApproval',
    summary: 'Undo an approval',
    description: 'While the deal is untouched since; else 409. A deal that the approval opened is deleted; a link is taken away.',
  })
  @ApiOkResponse(RESULT)
  @ProblemResponses(...REFUSALS, ...OF_DEAL)
  async undo(
    @Param() { id }: ItemPath,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DecidedItemResponse> {
    return this.decide(response, id, { kind: 'undo' }, principal, accepted);
  }

  @Post(':id/resolve')
  @Idempotent()
  @HttpCode(200)
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'resolveQuarantineItem',
    summary: 'Resolve a mail',
    description: 'The older form of `approve` and `discard`: `link_to_deal` with a `deal_id`, `create_new_deal`, or `discard`.',
  })
  @ApiOkResponse(RESULT)
  @ProblemResponses(...REFUSALS, ...DECIDED, ...OF_DEAL)
  async resolve(
    @Param() { id }: ItemPath,
    @Body() body: ResolveItemRequest,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<DecidedItemResponse> {
    return this.decide(response, id, toResolution(body), principal, accepted, { operator: body.operator });
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('quarantine:process')
  @ApiOperation({
    operationId: 'hideQuarantineItem',
    summary: 'Hide a mail',
    description: 'It is in no list but that of hidden ones, and `restore` brings it back. Nothing is deleted.',
  })
  @ApiNoContentResponse({ description: 'It is hidden.', headers: ETAG_HEADER })
  @ProblemResponses('QUARANTINE_ITEM_NOT_FOUND', 'PRECONDITION_FAILED')
  async hide(
    @Param() { id }: ItemPath,
    @CurrentPrincipal() principal: Principal,
    @IfMatch() accepted: AcceptedVersions | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.decide(response, id, { kind: 'hide' }, principal, accepted);
  }

  private async decide(
    response: Response,
    id: string,
    decision: ItemDecision,
    principal: Principal,
    accepted: AcceptedVersions | undefined,
    { note, operator }: { note?: string | null | undefined; operator?: string | null | undefined } = {},
  ): Promise<DecidedItemResponse> {
    const command = new DecideItem(id, decision, principal.email, note ?? null, accepted, onBehalfNote(operator, principal));
    const decided: DecidedItem = await this.commands.execute(command);
    response.setHeader('ETag', toETag(decided.version));
    return toDecidedItemResponse(decided);
  }
}

function toDecision(kind: ItemDecision['kind'], reason: string | null): ItemDecision {
  if (kind === 'approve') return { kind, target: { deal: 'proposed' } };
  return kind === 'reject' || kind === 'discard' ? { kind, reason } : { kind };
}

/** @throws InputError when a link names no deal */
function toResolution({ resolution, deal_id: dealId, reason }: ResolveItemRequest): ItemDecision {
  if (resolution === 'discard') return { kind: 'discard', reason: reason ?? null };
  if (resolution === 'create_new_deal') return { kind: 'approve', target: { deal: 'new' } };
  if (dealId === undefined || dealId === null) {
    throw new InputError([{ pointer: '/deal_id', detail: 'is required for link_to_deal', code: 'REQUIRED' }]);
  }
  return { kind: 'approve', target: { dealId } };
}
